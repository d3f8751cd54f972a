"""For the measured processes: one JSON object a line on standard output, as test/bench/process.ts reads them."""

import json
import time


def tell(**report):
    report["cpuSeconds"] = time.process_time()
    print(json.dumps(report), flush=True)


def peak_memory():
    """Most memory that this process has held so far, bytes (VmHWM of proc(5))."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))


def time_steps(step, steps):
    for _ in range(steps):
        begun, cpu = time.perf_counter(), time.process_time()
        loss = step()
        tell(
            milliseconds=(time.perf_counter() - begun) * 1e3,
            cpuMilliseconds=(time.process_time() - cpu) * 1e3,
            loss=loss,
            at=time.time() * 1e3,
        )
