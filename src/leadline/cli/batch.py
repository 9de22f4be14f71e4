"""``leadline batch``: one notebook over many parameters. Imports wait until needed."""

import datetime as dt
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leadline.errors import ParameterError
from leadline.language import LANGUAGES, _, use_language
from leadline.run.request import DEFAULT_OUT

if TYPE_CHECKING:
    from leadline.run.batch.batch import BatchOutcome
    from leadline.run.batch.rows import PlannedReport


@click.command()
@click.argument("plan_file", metavar="PLAN.yml", type=Path)
@click.option("--out", type=Path, default=DEFAULT_OUT, metavar="DIR", help="Where the reports go.")
@click.option("--allow", type=Path, multiple=True, metavar="DIR", help="A further folder that may be read.")
@click.option("--workers", type=click.IntRange(1, 256), help="Reports at once; one a processor unless said.")
@click.option(
    "--resume", is_flag=True, help="Go on with the plan's last batch: only what is missing or failed."
)
@click.option("--force", is_flag=True, help="Make reports anew whose inputs have not changed.")
@click.option("--shard", "shard_text", metavar="3/8", help="Only every 8th row, from the 3rd on.")
@click.option("--time-limit", type=click.FloatRange(min=1), metavar="SECONDS", help="When to stop a report.")
@click.option("--retries", type=click.IntRange(0, 10), help="How often a failed report is tried again.")
@click.option("--language", type=click.Choice(tuple(LANGUAGES)), help="Language of the reports.")
@click.option("--dry-run", is_flag=True, help="Check all rows and show what would be done.")
@click.option("--compare", is_flag=True, help="Make no report; write the page that compares them anew.")
@click.option(
    "--with",
    "others",
    type=Path,
    multiple=True,
    metavar="DIR",
    help="With --compare: a further folder of reports, such as another host's part.",
)
def batch(
    plan_file: Path,
    out: Path,
    allow: tuple[Path, ...],
    workers: int | None,
    resume: bool,  # noqa: FBT001 (click hands flags over so)
    force: bool,  # noqa: FBT001
    shard_text: str | None,
    time_limit: float | None,
    retries: int | None,
    language: str | None,
    dry_run: bool,  # noqa: FBT001
    compare: bool,  # noqa: FBT001
    others: tuple[Path, ...],
) -> None:
    """Make one report for each row of PLAN.yml; prints the path of their comparison last."""
    from leadline.run.batch.plan import read_plan
    from leadline.run.batch.rows import Shard, check_rows

    shard = Shard.read(shard_text) if shard_text else None
    plan = read_plan(plan_file)
    reports = check_rows(plan, out=out, allow=allow, language=language, limit_seconds=time_limit)
    if "language" in reports[0].request.given:
        use_language(reports[0].request.language)
    chosen = [report for report in reports if shard is None or shard.holds(report.row)]
    if others and not compare:
        raise ParameterError(_("--with goes with --compare alone."))
    if dry_run:
        _show_plan(chosen, out, force=force)
        return
    from leadline.run.batch.compare import write_comparison

    if compare:
        click.echo(write_comparison(plan, reports, out=out, others=others, now=_now()))
        return
    if not chosen:
        click.echo(_("This part of the plan holds no row."))
        return
    from leadline.cli.batch_progress import show_progress
    from leadline.run.batch.batch import run_batch
    from leadline.run.batch.crew import default_workers

    with show_progress(plan.name) as listener:
        outcome = run_batch(
            plan,
            chosen,
            out=out,
            workers=workers or default_workers(len(chosen)),
            retries=plan.retries if retries is None else retries,
            listener=listener,
            today=_now().date(),
            shard=shard,
            resume=resume,
            force=force,
        )
    _tell(outcome, out)
    click.echo(write_comparison(plan, reports, out=out, now=_now()))
    sys.exit(outcome.exit_code)


def _now() -> dt.datetime:
    return dt.datetime.now().astimezone()


def _show_plan(reports: Sequence["PlannedReport"], out: Path, *, force: bool) -> None:
    from leadline.run.batch.batch import plan_states
    from leadline.run.batch.fingerprint import Fingerprints

    states = plan_states(reports, out=out, prints=Fingerprints(_now().date()), force=force)
    words = {"waiting": _("to be made"), "unchanged": _("unchanged")}
    width = max((len(state.name) for state in states), default=0)
    for state in states:
        click.echo(f"{state.row:5}  {state.name:{width}}  {words[state.status]}")
    made = sum(state.status == "waiting" for state in states)
    click.echo(_("{made} of {count} reports would be made.", made=made, count=len(states)))


def _tell(outcome: "BatchOutcome", out: Path) -> None:
    """Say how the batch ended: counts, every failure, and how to go on."""
    from leadline.run.batch.ledger import FINISHED

    done = sum(state.status == "done" for state in outcome.states)
    unchanged = sum(state.status == "unchanged" for state in outcome.states)
    open_ = [state for state in outcome.states if state.status in ("waiting", "running")]
    failed = [state for state in outcome.states if state not in open_ and state.status not in FINISHED]
    click.echo(
        _(
            "{done} of {count} reports done, {unchanged} unchanged, {failed} failed, {open} not begun.",
            done=done,
            count=len(outcome.states),
            unchanged=unchanged,
            failed=len(failed),
            open=len(open_),
        )
    )
    for state in failed:
        click.echo(f"  {state.row} {state.name}: {state.message or state.status}", err=True)
        if state.run_id:
            click.echo(f"    {out / state.run_id / 'report.html'}", err=True)
    if failed or open_:
        command = _write_resuming(click.get_current_context())
        click.echo(_("To make only what is missing or failed: {command}", command=command), err=True)


def _write_resuming(context: click.Context) -> str:
    """Write the command that goes on with this batch: the same plan, with all options that were given."""
    words = ["leadline", "batch", str(context.params["plan_file"])]
    for option in context.command.params:
        value = context.params[option.name or ""]
        if not isinstance(option, click.Option) or option.name == "resume":
            continue
        if option.is_flag:
            words += [option.opts[0]] * value
        elif value is not None:
            for one in value if option.multiple else (value,):
                words += [option.opts[0], str(one)]
    return shlex.join([*words, "--resume"])
