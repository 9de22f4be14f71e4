"""``python -m leadline`` is the command line too."""

from leadline.cli import main

if __name__ == "__main__":
    main()
