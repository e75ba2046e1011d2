"""`python -m monitor`, and the command `monitor`."""


def main() -> None:
    """Run the command that the arguments name. Its imports are here, so that Ctrl-C meanwhile shows no traceback."""
    try:
        from monitor.cli import main as run

        run()
    except KeyboardInterrupt:
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
