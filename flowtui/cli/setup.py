"""What there is: settings, paths, themes, keys, completion scripts."""

from __future__ import annotations

import click

from flowtui.cli.context import Context, json_option, pass_context
from flowtui.core.errors import FlowError


@click.command("config")
@click.option("--sample", is_flag=True, help="a commented settings file with every default")
@click.option("--check", is_flag=True, help="exit code 2 if something is wrong with the settings")
@click.option("--set", "change", nargs=2, metavar="KEY VALUE", help="change one, keep comments")
@json_option
@pass_context
def config_command(
    context: Context, sample: bool, check: bool, change: tuple[str, str] | None, as_json: bool
) -> None:
    """Show where the settings are and what is wrong with them; change one."""
    services = context.services
    file = services.paths.config_file
    if sample:
        from flowtui.settings.sample import sample as commented

        context.put(commented().rstrip("\n"))
        return
    if change is not None:
        from flowtui.services.known_values import refuse_unknown
        from flowtui.settings.edit import set_value

        refuse_unknown(services, change[0], _value(change[1]))
        set_value(file, change[0], _value(change[1]))
        context.say(f"{change[0]} = {change[1]} in {file}")
        return
    if check:
        from flowtui.settings.config import require

        require(services.config, list(services.problems))
        from flowtui.services.known_values import check as check_known

        check_known(services)
    for problem in services.problems:
        context.say(str(problem))
    if as_json:
        from flowtui.settings.sample import in_force

        context.put_json({"file": str(file), "settings": in_force(services.config)})
        return
    there = "" if file.exists() else " (not there: all defaults; flowtui config --sample)"
    context.put(f"{file}{there}")


def _value(text: str) -> object:
    """A value as TOML reads it; what is no TOML value is a text."""
    import tomllib

    try:
        value: object = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
    return value


@click.command("paths")
@json_option
@pass_context
def paths_command(context: Context, as_json: bool) -> None:
    """Where everything lies; nothing is made by looking."""
    named = {name: str(path) for name, path in context.services.paths.named().items()}
    if as_json:
        context.put_json(named)
        return
    width = max(map(len, named))
    for name, path in named.items():
        context.put(f"{name:<{width}}  {path}")


@click.command("themes")
@json_option
@pass_context
def themes_command(context: Context, as_json: bool) -> None:
    """The themes there are; choose one in the app with t, or in config.toml."""
    from flowtui.settings.themes import find

    services = context.services
    themes, problems = find(services.paths)
    current = services.config.display.theme
    if as_json:
        context.put_json(
            [
                {"name": t.name, "about": t.about, "dark": t.dark, "current": t.name == current}
                for t in themes.values()
            ]
        )
    else:
        for theme in themes.values():
            mark = "*" if theme.name == current else " "
            context.put(
                f"{mark} {theme.name:<16} {'dark ' if theme.dark else 'light'}  {theme.about}"
            )
    for problem in problems:
        context.say(str(problem))


@click.command("keys")
@click.option("--commands", is_flag=True, help="what does the same in a shell, instead of words")
@json_option
@pass_context
def keys_command(context: Context, commands: bool, as_json: bool) -> None:
    """Every key of the app, with the id by which config.toml's [keys] remaps it."""
    from flowtui.settings.actions import PLACES, remapped, shown_keys
    from flowtui.settings.in_a_shell import APP_ALONE, in_a_shell

    actions, problems = remapped(context.services.config.keys)
    if as_json:
        context.put_json(
            [
                {
                    "id": a.id,
                    "place": a.place,
                    "keys": a.keys.split(","),
                    "help": a.help,
                    "command": in_a_shell(a.id) or None,
                }
                for a in actions
            ]
        )
    else:
        for place, words in PLACES.items():
            context.put(words)
            for action in actions:
                if action.place == place:
                    words = action.help
                    if commands:
                        words = in_a_shell(action.id) or APP_ALONE.get(action.id, "")
                    context.put(f"  {shown_keys(action):<14} {action.id:<15} {words}".rstrip())
    for problem in problems:
        context.say(problem)


ZSH_FIRST = "(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }\n"


@click.command("completions")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@pass_context
def completions_command(context: Context, shell: str) -> None:
    """A completion script: flowtui completions bash >> ~/.bashrc"""
    from click.shell_completion import get_completion_class

    from flowtui.cli.app import root
    from flowtui.cli.context import PROGRAM

    made = get_completion_class(shell)
    if made is None:
        raise FlowError(f"there is no completion for {shell}")
    variable = f"_{PROGRAM.upper()}_COMPLETE"
    source = made(root, {}, PROGRAM, variable).source()
    if shell == "zsh":  # a new one has no completion system until somebody asks for it
        first = f"#compdef {PROGRAM}\n"
        source = source.replace(first, first + ZSH_FIRST, 1)
    context.put(source)
