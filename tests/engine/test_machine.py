"""Devices, number formats and threads."""

from __future__ import annotations

import threading

import pytest
import torch

from studio.engine import machine
from studio.errors import StudioError


def test_the_cpu_is_always_there_and_last():
    assert machine.devices()[-1] == "cpu"
    assert machine.resolve_device("cpu") == torch.device("cpu")
    assert machine.resolve_device("auto").type == machine.devices()[0]


def test_what_is_not_there_is_named_with_what_is():
    with pytest.raises(StudioError, match=r"no device “abacus”.*cpu"):
        machine.resolve_device("abacus")
    with pytest.raises(StudioError, match=r"no precision “int3”.*bfloat16"):
        machine.check_precision("int3")


def test_auto_precision_is_one_of_the_real_ones():
    assert machine.resolve_precision("auto", torch.device("cpu")) in ("float32", "bfloat16")


@pytest.mark.parametrize(("precision", "dtype"), [("float32", "float32"), ("bfloat16", "bfloat16")])
def test_mixed_precision_multiplies_in_that_format(precision, dtype):
    with machine.mixed_precision(torch.device("cpu"), precision):
        product = torch.ones(2, 2) @ torch.ones(2, 2)
    assert product.dtype == getattr(torch, dtype)


def test_the_main_thread_keeps_its_threads():
    before = torch.get_num_threads()
    assert machine.claim_training_threads() == before == torch.get_num_threads()


@pytest.mark.parametrize(("cores", "used"), [(1, 1), (2, 1), (8, 7)])
def test_a_worker_leaves_a_core_to_the_window(cores, used, monkeypatch):
    threads = [cores]
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads[0])
    monkeypatch.setattr(torch, "set_num_threads", lambda count: threads.__setitem__(0, count))
    machine._cores.cache_clear()
    for _ in range(2):  # a second training must not leave one more core idle
        worker = threading.Thread(target=machine.claim_training_threads)
        worker.start()
        worker.join()
        assert threads == [used]
    machine._cores.cache_clear()


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"), True),
        (RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"), True),
        (torch.OutOfMemoryError("CUDA out of memory"), True),
        (RuntimeError("shape mismatch"), False),
    ],
)
def test_out_of_memory_is_known_by_type_or_text(error, expected):
    assert machine.is_out_of_memory(error) is expected
