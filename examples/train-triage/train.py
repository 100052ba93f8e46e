"""Trains the triage model on the CPU; stops and resumes without losing a step.

    python3 train.py RUN_FOLDER [--minutes 27] [--steps 2500] [--threads 2]

Metrics are JSON lines on stdout and in RUN_FOLDER/metrics.jsonl. SIGTERM, SIGINT or --minutes: checkpoint, exit 75
("run me again"). What step n sees depends on (seed, n, steps) alone, so an interrupted run ends with the same weights.
"""
import argparse
import json
import os
import random
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before torch loads it

import torch
import torch.nn.functional as F

import corpus
from model import Llama, parameter_count
from optimiser import Optimiser
from tokenizer import Tokenizer, learn

SHAPE = {"vocab": 2048, "dim": 160, "layers": 4, "heads": 5, "kv_heads": 5, "ff": 448, "context": 768}
CHATS_PER_STEP, CHATS_PER_PASS = 16, 2  # a pass pads its chats to the longest of them
PROMPT_SHARE, PROMPT_WEIGHT = 0.5, 0.2  # half of the prompt's tokens is learned too, faintly
DRILL_SHARE, DRILLS_END = 0.5, 0.6
WARMUP_STEPS, LAST_SHARE = 40, 0.02
STOPPED = 75


def write_whole(path, write):
    """A crash leaves the old file or the new one, never half of one."""
    temporary = path.with_suffix(".tmp")
    write(temporary)
    os.replace(temporary, path)


def load_merges(path, seed):
    if not path.exists():
        texts = (corpus.render(corpus.chat(random.Random(f"vocabulary/{seed}/{i}"), parameter_count(SHAPE), names=False)) for i in range(6000))
        merges = learn(texts, SHAPE["vocab"] - 256 - 3)
        write_whole(path, lambda temporary: temporary.write_text(json.dumps(merges, ensure_ascii=False), encoding="utf-8"))
    return json.loads(path.read_text(encoding="utf-8"))


def encode_chat(tokenizer, messages, r):
    """-> (tokens, weight of predicting each): the answer counts fully, the prompt a little."""
    ids, weights = [tokenizer.id["<|endoftext|>"]], [0.0]
    for role, text in messages:
        head, body = tokenizer.encode(f"<|im_start|>{role}\n"), tokenizer.encode(f"{text}<|im_end|>")
        ids += head + body + tokenizer.encode("\n")
        answers = role == "assistant"
        weights += [0.0] * len(head)
        weights += [1.0 if answers else PROMPT_WEIGHT * (r.random() < PROMPT_SHARE) for _ in body]
        weights += [0.0]
    return ids[:SHAPE["context"] + 1], weights[:SHAPE["context"] + 1]


def one_chat(r, progress, fields):
    """Half of the first chats are copying drills; by 60 % of the run there are none left."""
    if fields and r.random() < DRILL_SHARE * (1 - progress / DRILLS_END):
        return corpus.drill(r)
    return corpus.chat(r, parameter_count(SHAPE), fields=fields)


def passes(tokenizer, seed, step, steps, fields):
    r = random.Random(f"{seed}/{step}")
    chats = [encode_chat(tokenizer, one_chat(r, step / steps, fields), r) for _ in range(CHATS_PER_STEP)]
    chats.sort(key=lambda chat: len(chat[0]))
    for start in range(0, len(chats), CHATS_PER_PASS):
        group = chats[start:start + CHATS_PER_PASS]
        longest = max(len(ids) for ids, _ in group)
        pad = lambda values, filler: torch.tensor([list(row) + [filler] * (longest - len(row)) for row in values])
        ids, weights = pad([g[0] for g in group], 0), pad([g[1] for g in group], 0.0)
        yield ids[:, :-1], ids[:, 1:].flatten(), weights[:, 1:].flatten()


def rate_share(step, steps):
    """Warm-up, then a straight line down: the share of the peak learning rate."""
    return min((step + 1) / WARMUP_STEPS, 1 - (1 - LAST_SHARE) * step / steps)


def one_pass(model, tokens, targets, weights, total):
    """-> (share of the loss, gradients); leaves the model alone, so that passes can run side by side."""
    torch.set_num_threads(1)  # per thread: the parallelism is between passes
    wanted = weights > 0
    losses = F.cross_entropy(model(tokens, wanted), targets[wanted], reduction="none")
    loss = (losses * weights[wanted]).sum() / total
    return loss.item(), torch.autograd.grad(loss, list(model.parameters()))


def train_step(model, optimiser, pool, batch, share):
    total = sum(float(weights.sum()) for _, _, weights in batch)
    results = list(pool.map(lambda each: one_pass(model, *each, total), batch))
    for parameter, *parts in zip(model.parameters(), *(gradients for _, gradients in results)):
        parameter.grad = sum(parts[1:], parts[0])  # always in this order: the same weights with any number of threads
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.step(share)
    return sum(loss for loss, _ in results), sum(tokens.numel() for tokens, _, _ in batch)


class Run:
    """The weights, the optimiser and the count of work so far: what a checkpoint holds."""

    def __init__(self, folder, seed):
        self.folder, self.checkpoint = folder, folder / "checkpoint.pt"
        folder.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(seed)
        self.model = Llama(SHAPE)
        self.optimiser = Optimiser(self.model)
        self.state = {"step": 0, "tokens": 0, "seconds": 0.0, "cpu_seconds": 0.0, "shape": SHAPE, "plans": []}
        if self.checkpoint.exists():
            saved = torch.load(self.checkpoint, map_location="cpu")
            if saved["state"]["shape"] != SHAPE:
                sys.exit(f"{self.checkpoint} has another shape: give another folder")
            self.model.load_state_dict(saved["model"])
            self.optimiser.load_state_dict(saved["optimiser"])
            self.state = saved["state"]

    def save(self):
        whole = {"model": self.model.state_dict(), "optimiser": self.optimiser.state_dict(), "state": self.state}
        write_whole(self.checkpoint, lambda temporary: torch.save(whole, temporary))
        self.say("checkpoint")

    def plan(self, steps, fields):
        """A run may go on under another plan; the card lists them all."""
        if not self.state["plans"] or self.state["plans"][-1][1:] != [steps, fields]:
            self.state["plans"].append([self.state["step"], steps, fields])
        self.say("resumed" if self.state["step"] else "started", steps=steps, fields=fields, parameters=parameter_count(SHAPE))

    def count(self, tokens, seconds, cpu_seconds):
        for key, amount in (("step", 1), ("tokens", tokens), ("seconds", seconds), ("cpu_seconds", cpu_seconds)):
            self.state[key] += amount

    def say(self, event, **facts):
        line = json.dumps({"event": event, "step": self.state["step"], **facts})
        print(line, flush=True)
        with open(self.folder / "metrics.jsonl", "a", encoding="utf-8") as log:
            log.write(line + "\n")


def read_options():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--steps", type=int, default=2500)
    parser.add_argument("--without-fields", action="store_true", help="intent, language and urgency only: learned in far fewer steps")
    parser.add_argument("--minutes", type=float, default=0, help="stop (exit 75) after so many minutes; 0 = never")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--checkpoint-every", type=int, default=50, metavar="STEPS")
    return parser.parse_args()


def main():
    options = read_options()
    run, steps, fields = Run(options.folder, options.seed), options.steps, not options.without_fields
    tokenizer, pool = Tokenizer(load_merges(options.folder / "merges.json", options.seed)), ThreadPoolExecutor(options.threads)
    stop_asked = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop_asked.append(True))
    run.plan(steps, fields)
    begun = wall = time.monotonic()
    cpu = time.process_time()
    while run.state["step"] < steps:
        step = run.state["step"]
        batch = list(passes(tokenizer, options.seed, step, steps, fields))
        loss, tokens = train_step(run.model, run.optimiser, pool, batch, rate_share(step, steps))
        now, now_cpu = time.monotonic(), time.process_time()
        run.count(tokens, now - wall, now_cpu - cpu)
        stop = bool(stop_asked) or 0 < options.minutes * 60 < now - begun
        if (step + 1) % 10 == 0 or stop:
            run.say("step", loss=round(loss, 5), tokens=run.state["tokens"], tokens_per_second=round(tokens / (now - wall)))
        wall, cpu = now, now_cpu
        if (step + 1) % options.checkpoint_every == 0 or stop or step + 1 == steps:
            run.save()
        if stop and step + 1 < steps:
            run.say("stopped")
            sys.exit(STOPPED)
    run.say("done", seconds=round(run.state["seconds"]), cpu_seconds=round(run.state["cpu_seconds"]), tokens=run.state["tokens"])


if __name__ == "__main__":
    main()
