"""From a config to a recording: signs in as the connector does, and asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from aws_calls.errors import AwsError
from contract.asking import Asking
from contract.callers import Callers
from contract.entities import in_order
from contract.models import operation_model
from contract.wire import Wire
from source_aws_iam.aws.clients import SourceClients
from source_aws_iam.aws.operations import OPERATIONS
from source_aws_iam.aws.session import Session
from source_aws_iam.organizations.found_accounts import find_accounts

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from contract.recording import Recording
    from source_aws_iam.config import Settings

# It is called to assume the role of the config, and for nothing else.
_SIGN_IN: Final = "sts.assume_role"
# Their answers are headers and the content of an object, which have no shape that could be compared.
_WITHOUT_SHAPE: Final = frozenset({"s3.head_bucket", "s3.get_object"})
COMPARED: Final = tuple(name for name in OPERATIONS if name not in _WITHOUT_SHAPE)


class Learned(NamedTuple):
    """How AWS answers. `unanswered` says why operations had no answer at all."""

    recording: Recording
    unanswered: Mapping[str, Exception]


def learn(settings: Settings, operations: Collection[str], *, thorough: bool = False) -> Learned:
    """Ask the operations, and those whose answers they need. Raises AwsError where nobody can be signed in.

    Of many accounts, the first one that can be read is asked.
    """
    clients, wire = SourceClients(settings.options), Wire()
    wire.listen(clients.client("sts", settings.options.region), operation_model(_SIGN_IN))
    hub = Session.of_credentials(clients)
    hub.sign_in()
    region = settings.regions[0] if settings.regions else settings.options.region
    asking = Asking(Callers(clients, hub, _account(settings, hub), region), wire, thorough=thorough)
    asking.keep(_SIGN_IN)
    for operation in in_order(name for name in operations if name not in {_SIGN_IN, *_WITHOUT_SHAPE}):
        asking.ask(operation)
    return Learned(asking.recording, asking.unanswered)


def _account(settings: Settings, hub: Session) -> Session:
    refused: AwsError | None = None
    for handle in find_accounts(settings, hub):
        try:
            handle.sign_in()
        except AwsError as error:
            refused = refused or error
        else:
            return handle.session
    raise refused or LookupError("find_accounts found no account")
