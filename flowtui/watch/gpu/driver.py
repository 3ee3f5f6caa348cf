"""The driver's library: opened when first asked, closed when nobody asks, its errors in words.

A call that this driver or board does not know is remembered and not made again. Numbers of errors
and what they mean: NVIDIA's NVML API reference, `nvmlReturn_t`.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from flowtui.watch.gpu import absent

NOT_SUPPORTED, NO_PERMISSION, NOT_FOUND, LIBRARY_NOT_FOUND = 3, 4, 6, 12
FUNCTION_NOT_FOUND, GPU_IS_LOST, RESET_REQUIRED = 13, 15, 16
NEVER = frozenset({NOT_SUPPORTED, NO_PERMISSION, FUNCTION_NOT_FOUND})
"""Answers that stay as they are as long as the driver does."""
LOST = frozenset({GPU_IS_LOST, RESET_REQUIRED})

WORDS = {
    9: "the NVIDIA driver is not loaded",
    GPU_IS_LOST: "the GPU is lost: it fell off the bus",
    RESET_REQUIRED: "the GPU needs a reset",
    18: "the NVIDIA driver was updated under us: restart the machine or reload the driver",
}


class GpuError(Exception):
    """Why GPUs cannot be read, in one line for a person."""

    def __init__(self, number: int, message: str) -> None:
        super().__init__(message)
        self.number = number
        """NVML's number of the error; -1 for what is none of NVML's."""


class Driver:
    """NVML, open. Use it from one thread."""

    def __init__(self) -> None:
        self._nvml: ModuleType | None = None

    @property
    def is_open(self) -> bool:
        """True between `open` and `close`."""
        return self._nvml is not None

    def open(self) -> None:
        """Load the library and start it. Raises GpuError, also where there is no driver."""
        if self._nvml is not None:
            return
        import pynvml

        try:
            pynvml.nvmlInit()
        except Exception as error:
            raise as_error(error) from error
        self._nvml = pynvml

    def close(self) -> None:
        """Let go of the driver: an open handle alone keeps a laptop's GPU awake."""
        nvml, self._nvml = self._nvml, None
        if nvml is not None:
            try:
                nvml.nvmlShutdown()
            except nvml.NVMLError:
                pass  # it is gone already

    def call(self, name: str, *given: Any) -> Any:
        """The result of the function of that name. Raises GpuError."""
        if self._nvml is None:
            raise GpuError(-1, "NVML is closed")
        try:
            return getattr(self._nvml, name)(*given)
        except Exception as error:  # pynvml raises plain Exceptions for mismatched symbols
            raise as_error(error) from error


class Asker:
    """Asks one board; what it never answers is None, and is asked once."""

    def __init__(self, driver: Driver, handle: Any) -> None:
        self._driver = driver
        self._handle = handle
        self._never: set[tuple[Any, ...]] = set()

    def __call__(self, name: str, *given: Any, tell: Callable[[Any], Any] | None = None) -> Any:
        """The function's result, by way of `tell`; None if it cannot be had.

        Raises GpuError only if the board is lost.
        """
        if (name, *given) in self._never:
            return None
        try:
            found = self._driver.call(name, self._handle, *given)
        except GpuError as error:
            if error.number in LOST:
                raise
            if error.number in NEVER or error.number == -1:
                self._never.add((name, *given))
            return None
        return found if tell is None else tell(found)


def as_error(error: Exception) -> GpuError:
    """`error` of pynvml in our words."""
    number = int(getattr(error, "value", -1))
    if number == LIBRARY_NOT_FOUND:
        return GpuError(number, absent.words())
    return GpuError(number, WORDS.get(number) or f"NVML: {str(error) or type(error).__name__}")
