"""Calls to AWS. Every page is read, every answer is checked, and an expired session is renewed once."""

from __future__ import annotations

from contextlib import closing
from io import IOBase
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
from botocore.validate import ParamValidator

from aws_calls.answers import broken_answer, broken_paging, from_aws
from aws_calls.codes import is_transient
from aws_calls.errors import EXPIRED, AbsentError, Target, Where
from aws_calls.models import pagination
from aws_calls.operation import Operation, declared
from aws_calls.paging import BrokenPagingError, pages
from aws_calls.rate_limits import RateLimits
from aws_calls.request_path import CALL, Call

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from botocore.client import BaseClient
    from botocore.model import OperationModel

    from aws_calls.call_identity import CallIdentity

    Page = Mapping[str, Any]


def _asked(ask: Callable[[], Page]) -> Page:
    return ask()


class Caller:
    """Calls one service in one Region for one account. Thread-safe.

    Operations have botocore's names ("list_users"). Each has to be declared: the declaration says which members a
    true answer has, which codes mean "absent", and which quota the call falls under.
    """

    def __init__(
        self,
        client: BaseClient,
        where: Where,
        identity: CallIdentity,
        operations: Mapping[str, Operation],
        limits: RateLimits | None = None,
    ) -> None:
        """`identity` signs the calls. `operations` are the declarations, by "service.operation".

        `limits` are the rate limits of the account; without them, nothing is limited.

        `where` has the Region that was asked for: the client of a global service has another.
        """
        self._client = client
        self._service: str = client.meta.service_model.service_name
        self._where = where
        self._identity = identity
        self._limits = limits
        self._operations = operations

    def declared(self, operation: str) -> Operation:
        """Return the declaration of an operation. Raises UndeclaredOperationError."""
        return declared(f"{self._service}.{operation}", self._operations)

    def call(self, operation: str, absent: Collection[str] = (), **request: Any) -> Any:
        """Make one call and return its answer. A file in the request is sent from its beginning.

        Raises AwsError, and AbsentError for the codes in `absent` and those that the operation declares.
        """
        declaration = self.declared(operation)
        try:
            answer = self._call_with_valid_session(operation, declaration, request)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in declaration.absent or code in absent:
                raise AbsentError(code) from None
            self._raise(error, operation)
        except (BotoCoreError, ResponseParserError) as error:
            self._raise(error, operation)
        if not any(name in answer for name in declaration.proof):
            raise broken_answer(self.target(operation))
        return answer

    def pages(
        self, operation: str, first: Callable[[Callable[[], Page]], Page] = _asked, **request: Any
    ) -> Iterator[Page]:
        """Yield every page of `operation`, each as large as AWS allows. `first` may know the first one already."""
        config = self.paging(operation)
        if config is None:
            yield first(lambda: self.call(operation, **request))
            return

        def one_page(**page_request: Any) -> Page:
            is_first = config["input_token"] not in page_request
            return (first if is_first else _asked)(lambda: self.call(operation, **page_request))

        # Where neither the model nor the declaration has a maximum, the service chooses the size.
        largest = self._member(operation, config.get("limit_key", "")).get("max", self.declared(operation).largest_page)
        if largest:
            request[config["limit_key"]] = largest
        try:
            yield from pages(one_page, config, request)
        except BrokenPagingError as broken:
            raise broken_paging(str(broken), self.target(operation)) from None

    def headers(self, operation: str, **request: Any) -> Mapping[str, str]:
        """Make one call and return the HTTP headers of its answer, also where AWS refuses.

        Raises AwsError where AWS does not answer, or kept failing.
        """
        try:
            answer = self._call_with_valid_session(operation, self.declared(operation), request)
        except ClientError as error:
            answer = error.response
            if is_transient("", answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)):
                self._raise(error, operation)
        except (BotoCoreError, ResponseParserError) as error:
            self._raise(error, operation)
        found: Mapping[str, str] = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
        return found

    def body(self, operation: str, member: str, size: int, **request: Any) -> tuple[Mapping[str, Any], Iterator[bytes]]:
        """Make one call and return its answer, with `member` of it, `size` bytes at a time. Raises as `call` does."""
        answer = self.call(operation, **request)
        return answer, self._pieces(operation, answer[member], size)

    def _pieces(self, operation: str, body: Any, size: int) -> Iterator[bytes]:
        with closing(body):
            try:
                yield from body.iter_chunks(size)
            except BotoCoreError as error:
                self._raise(error, operation)

    def paging(self, operation: str) -> Mapping[str, Any] | None:
        """Return how AWS pages `operation`, in the form of botocore's paginators, or None where it does not."""
        return pagination(self._service, self.model(operation).name)

    def accepts(self, operation: str, request: Mapping[str, Any]) -> bool:
        """Return whether AWS's model of `operation` accepts these arguments, such as the lengths of ids."""
        shape: Any = self.model(operation).input_shape
        arguments = {**self.declared(operation).arguments, **request}
        return not ParamValidator().validate(arguments, shape).has_errors()

    def shape(self, operation: str, member: str) -> Any:
        """Return botocore's shape of `member` in the answer of `operation`."""
        answer = self.model(operation).output_shape
        return answer.members[member] if answer else None

    def target(self, operation: str) -> Target:
        """Return the target of a call of `operation`, for messages."""
        return Target(
            action=self.declared(operation).action,
            account_id=self._where.account_id,
            region=self._where.region,
            endpoint=self._client.meta.endpoint_url,
            enabled=self._where.enabled,
        )

    def model(self, operation: str) -> OperationModel:
        """Return botocore's model of `operation`."""
        return self._client.meta.service_model.operation_model(self._client.meta.method_to_api_mapping[operation])

    def _member(self, operation: str, name: str) -> Mapping[str, Any]:
        """Return the constraints that the model has for an argument."""
        shape: Any = self.model(operation).input_shape
        return shape.members[name].metadata if shape and name in shape.members else {}

    def _call_with_valid_session(self, operation: str, declaration: Operation, request: Mapping[str, Any]) -> Any:
        method = getattr(self._client, operation)
        quota, limits = declaration.quota, self._limits
        limiter = limits.limiter(quota, self._where.region) if quota and limits else None
        parameters = {**declaration.arguments, **request, CALL: Call(self._identity, limiter)}
        credentials = self._identity.renewable
        if credentials is None:
            return method(**parameters)
        used = credentials.get_frozen_credentials()
        try:
            return method(**parameters)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") not in EXPIRED:
                raise
        credentials.renew(used)
        for body in (value for value in request.values() if isinstance(value, IOBase)):
            body.seek(0)  # the first attempt has read it
        return method(**parameters)

    def _raise(self, error: Exception, operation: str) -> None:
        target = self.target(operation)
        meaning = self._identity.rejection(error, target) or from_aws(error, target)
        if meaning is error:
            raise error
        # Not "from error": AWS's text for a wrong signature, and urllib3's for a wrong header, have the session token.
        raise meaning from None
