"""The one way to call AWS: every page, every answer checked, an expired session renewed once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
from botocore.validate import ParamValidator

from source_aws_iam.aws.answers import broken_answer, from_aws, lost_place
from source_aws_iam.aws.errors import EXPIRED, AbsentError, Target
from source_aws_iam.aws.models import pagination
from source_aws_iam.aws.paging import LostPlaceError, pages

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from botocore.client import BaseClient
    from botocore.model import OperationModel

    from source_aws_iam.aws.principal import Principal


class Caller:
    """Calls one service in one Region for one account. Thread-safe."""

    def __init__(
        self,
        client: BaseClient,
        *,
        region: str,
        account_id: str,
        principal: Principal,
        enabled: bool = False,
    ) -> None:
        """`principal` is in whose name the calls are made.

        `account_id` is "" while unknown. `region` is what was asked for: a global service's client names another.
        `enabled` says that AWS has named it as one that is enabled in the account.
        """
        self._client = client
        self._region = region
        self._enabled = enabled
        self._account_id = account_id
        self._principal = principal

    def call(
        self, operation: str, *, expect: str | Collection[str], absent: Collection[str] = (), **request: Any
    ) -> Any:
        """Make one call and return its answer.

        `operation` is botocore's name ("list_users"); `expect` is a member that every true answer has, or several of
        which it has one, because botocore makes a dict of an empty or cut body too. Raises AwsError, and AbsentError
        where AWS answers with one of the codes in `absent`.
        """
        try:
            answer = self._call_with_valid_session(operation, request)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in absent:
                raise AbsentError(code) from None
            self._raise(error, operation)
        except (BotoCoreError, ResponseParserError) as error:
            self._raise(error, operation)
        if not any(name in answer for name in ((expect,) if isinstance(expect, str) else expect)):
            raise broken_answer(self.target(operation))
        return answer

    def pages(
        self, operation: str, *, expect: str | Collection[str], absent: Collection[str] = (), **request: Any
    ) -> Iterator[Mapping[str, Any]]:
        """Yield every page of `operation`, as large as AWS allows, until AWS says that there is no more."""
        model: Any = self.model(operation)
        config = pagination(model.service_model.service_name, model.name)
        if config is None:
            yield self.call(operation, expect=expect, absent=absent, **request)
            return

        def one_page(**page_request: Any) -> Any:
            return self.call(operation, expect=expect, absent=absent, **page_request)

        if "limit_key" in config:
            request[config["limit_key"]] = model.input_shape.members[config["limit_key"]].metadata["max"]
        try:
            yield from pages(one_page, config, request)
        except LostPlaceError as lost:
            raise lost_place(str(lost), self.target(operation)) from None

    def accepts(self, operation: str, request: Mapping[str, Any]) -> bool:
        """Return whether AWS's model of `operation` allows these arguments: ids of a certain length, and so on."""
        shape: Any = self.model(operation).input_shape
        return not ParamValidator().validate(request, shape).has_errors()

    def shape(self, operation: str, member: str) -> Any:
        """Return botocore's shape of `member` in the answer of `operation`."""
        answer = self.model(operation).output_shape
        return answer.members[member] if answer else None

    def target(self, operation: str) -> Target:
        """Return what a call of `operation` calls, for sentences about it."""
        meta = self._client.meta
        return Target(
            action=f"{meta.service_model.signing_name}:{self.model(operation).name}",
            account_id=self._account_id,
            region=self._region,
            endpoint=meta.endpoint_url,
            enabled=self._enabled,
        )

    def model(self, operation: str) -> OperationModel:
        """Return botocore's model of `operation`."""
        return self._client.meta.service_model.operation_model(self._client.meta.method_to_api_mapping[operation])

    def _call_with_valid_session(self, operation: str, request: Mapping[str, Any]) -> Any:
        method = getattr(self._client, operation)
        credentials = self._principal.renewable
        with self._principal.calling():
            if credentials is None:
                return method(**request)
            used = credentials.get_frozen_credentials()
            try:
                return method(**request)
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") not in EXPIRED:
                    raise
            credentials.renew(used)
            return method(**request)

    def _raise(self, error: Exception, operation: str) -> None:
        target = self.target(operation)
        meaning = self._principal.refusal(error, target) or from_aws(error, target)
        if meaning is error:
            raise error
        # Not "from error": AWS's words for a wrong signature, and urllib3's for a wrong header, hold the session token.
        raise meaning from None
