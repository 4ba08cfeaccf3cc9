#!/bin/sh
# Run a script of this folder with the first Python that is new enough.
# PYTHON=/path/to/python make ... chooses one.
set -u
enough='import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'
unset PYTHONHOME PYTHONPATH
for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11 python; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c "$enough" >/dev/null 2>&1; then
        exec "$candidate" "$@"
    fi
    if [ "$candidate" = "${PYTHON:-}" ]; then
        echo "PYTHON=$candidate is not a Python 3.11 or newer with venv" >&2
        exit 2
    fi
done
echo "Python 3.11 or newer with venv is needed: install the packages python3 and python3-venv" >&2
exit 2
