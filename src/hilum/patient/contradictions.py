from dataclasses import dataclass, field
@dataclass(frozen=True)
class Contradiction:
    code: str
    facts: tuple
    alternative: dict = field(default_factory=dict)
def contradictions(given, tables): return ()
