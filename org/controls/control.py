"""One recommendation: what can prevent its breach, what would notice it, and what puts it right."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Correction(StrEnum):
    """Who puts a breach right."""

    AUTOMATIC = "automatic"
    OPT_IN = "opt-in"
    BY_HAND = "by hand"


@dataclass(frozen=True, slots=True)
class Control:
    """A row of the catalogue.

    What is built is never named here: templates and components name the controls that they serve. `preventable` are
    the kinds of policy (folders of `scps/`) that can prevent a breach; where there are none, `unpreventable` says why.
    Where policies meet only a part of the recommendation, `limit` says which; `settled_by` are kinds that meet all of
    it all the same. `detected_by` and `corrected_by` are commands or rules of this program.
    `config_rules` are managed rules of AWS Config that notice a breach; `reads` and `writes` the operations of AWS
    that show and mend it, as `service:Operation` with the service as botocore calls it. `care` is what to mind when
    mending. `cis3`, `cis5` and `cis7` are recommendations of the CIS AWS Foundations Benchmark in versions 3.0, 5.0
    and 7.0, `fsbp` controls of AWS Foundational Security Best Practices, `nist` the first families of SP 800-53
    revision 5.
    """

    id: str
    recommendation: str
    correction: Correction
    preventable: tuple[str, ...] = ()
    unpreventable: str = ""
    limit: str = ""
    settled_by: tuple[str, ...] = ()
    detected_by: tuple[str, ...] = ()
    config_rules: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    corrected_by: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    care: str = ""
    cis3: tuple[str, ...] = ()
    cis5: tuple[str, ...] = ()
    cis7: tuple[str, ...] = ()
    fsbp: tuple[str, ...] = ()
    nist: tuple[str, ...] = ()
