"""``python -m hicognition_widgets`` is the command ``hicognition``."""

from hicognition_widgets.cli import main

if __name__ == "__main__":
    main(prog_name="hicognition")
