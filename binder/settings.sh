# A Binder has two cores at most and little memory: threads in the kernel do the work there,
# where separate worker processes would each hold the whole library.
export HICOGNITION_SCHEDULER=threads
export NUMBA_NUM_THREADS=2
export MALLOC_ARENA_MAX=2
