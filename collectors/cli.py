"""`karte catalogue`: all that is collected."""

import click

from collectors.agent.wording import default_lang
from collectors.text import Lang


@click.command()
@click.option("--format", "form", type=click.Choice(["md", "json"]), default="md", help="形式 / form")
@click.option("--lang", type=click.Choice(["ja", "en"]), help="言語 / language")
def catalogue(form: str, lang: Lang | None) -> None:
    """収集する項目の一覧 / All that is collected."""
    from collectors.catalogue import inventories, measurements
    from collectors.catalogue_page import FORMATS

    click.echo(FORMATS[form](measurements().values(), lang or default_lang(), inventories()), nl=False)
