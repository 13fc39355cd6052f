"""Taking in a configuration in the background: tables and columns are made on the way."""

from __future__ import annotations

from procrastinate import Blueprint

from guanxi.core.errors import DomainError
from guanxi.identity.actors import actor_of
from guanxi.records.changes import changes_via
from guanxi.records.shaping.models import ConfigurationFile
from guanxi.records.shaping.transfer import read_configuration, take_in

blueprint = Blueprint()
Step = ConfigurationFile.Step


@blueprint.task(name="take_in_configuration", lock="build_shapes", pass_context=False)
def take_in_configuration(file_id: int) -> None:
    """Take in a configuration for the administrator who brought it; what was wrong stands in its outcome."""
    file = ConfigurationFile.objects.filter(pk=file_id, state=Step.WAITING).first()
    actor = actor_of(file.actor_id) if file is not None and file.actor_id else None
    if file is None or actor is None:
        return
    try:
        with changes_via("import"):
            file.changed = take_in(read_configuration(file.document["text"].encode()), actor)
        file.state = Step.DONE
    except DomainError as refusal:
        file.state, file.outcome = Step.FAILED, str(refusal)[:1000]
    file.save(update_fields=["state", "changed", "outcome"])
