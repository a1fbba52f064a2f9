"""The file of a contract: where it lies, reading it, writing it."""

from pathlib import Path

from pydantic import ValidationError

from conformance.contract.document import Contract, contract_json
from conformance.files import read_regular, replace_file, shared_mode
from conformance.shapes.shape import from_lines
from conformance.targets.load import is_path
from conformance.targets.name import is_name
from conformance.wire.verdict import UsageError

CONTRACTS = Path("reports") / "published" / "contracts"
LARGEST = 64 * 1024 * 1024


def called(given: str) -> str:
    """Return the name of a target that is given by its name, or by the path of its file."""
    return Path(given).stem if is_path(given) else given


def path_of(target: str, folder: Path = CONTRACTS) -> Path:
    """Return where the contract of a target lies. Raises `UsageError` for what is not the name of a target."""
    if not is_name(target):
        raise UsageError("a contract is named by a target: lower-case letters, digits, dots and hyphens")
    return folder / f"{target}.json"


def write(contract: Contract, folder: Path = CONTRACTS) -> Path:
    """Write a contract whole or not at all, for whom the umask lets read it, and return its path."""
    path = path_of(contract.target, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, contract_json(contract).encode("utf-8"), mode=shared_mode())
    return path


def read(target: str, folder: Path = CONTRACTS) -> Contract:
    """Return the contract of a target. Raises `UsageError` that says what is wrong, and how one is made."""
    path = path_of(target, folder)
    try:
        contract = Contract.model_validate_json(read_regular(path, LARGEST))
    except FileNotFoundError:
        raise UsageError(f"{path}: there is none; make it: python -m conformance contract --target {target}") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error}") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part)[:80] for part in first["loc"])
        raise UsageError(f"{path} is not a contract: {place}: {first['msg'].lower()}") from None
    if contract.target != target:
        raise UsageError(f"{path} is the contract of another target")
    for label, observed in contract.exchanges.items():
        if observed.shape is not None:
            try:
                from_lines(observed.shape)
            except ValueError as error:
                raise UsageError(f"{path}: {label}: {error}") from None
    return contract
