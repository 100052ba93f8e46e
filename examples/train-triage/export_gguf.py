"""Writes a checkpoint as GGUF v3 (architecture "llama", tokenizer "gpt2", pre-tokenizer "gpt-2"). Our own writer.

    python3 export_gguf.py RUN_FOLDER kulning-triage.gguf [q8_0|f16|f32]

Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""
import hashlib
import json
import os
import struct
import sys
from datetime import datetime, timezone
from pathlib import Path

import numpy
import torch

from tokenizer import SPECIAL, Tokenizer
from train import CHATS_PER_STEP

ALIGNMENT = 32
UINT32, INT32, FLOAT32, BOOL, STRING, ARRAY = 4, 5, 6, 7, 8, 9  # GGUF metadata types
FILE_TYPE = {"f32": 0, "f16": 1, "q8_0": 7}
TENSOR_TYPE = {"f32": 0, "f16": 1, "q8_0": 8}
NORMAL, CONTROL = 1, 3  # token types
CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def string(text):
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def value(kind, content):
    if kind == STRING:
        return string(content)
    if kind == ARRAY:
        inner, items = content
        return struct.pack("<IQ", inner, len(items)) + b"".join(value(inner, item) for item in items)
    return struct.pack({UINT32: "<I", INT32: "<i", FLOAT32: "<f", BOOL: "<?"}[kind], content)


def metadata(shape, tokenizer, kind, parameters):
    return [
        ("general.architecture", STRING, "llama"),
        ("general.name", STRING, "kulning-triage"),
        ("general.license", STRING, "apache-2.0"),
        ("general.description", STRING, f"A toy of {parameters:,} parameters, trained here on generated office mail; triages mail in French, English and Swedish."),
        ("general.languages", ARRAY, (STRING, ["en", "fr", "sv"])),
        ("general.parameter_count", UINT32, parameters),
        ("general.alignment", UINT32, ALIGNMENT),
        ("general.file_type", UINT32, FILE_TYPE[kind]),
        ("general.quantization_version", UINT32, 2),
        ("llama.context_length", UINT32, shape["context"]),
        ("llama.embedding_length", UINT32, shape["dim"]),
        ("llama.block_count", UINT32, shape["layers"]),
        ("llama.feed_forward_length", UINT32, shape["ff"]),
        ("llama.attention.head_count", UINT32, shape["heads"]),
        ("llama.attention.head_count_kv", UINT32, shape["kv_heads"]),
        ("llama.attention.layer_norm_rms_epsilon", FLOAT32, 1e-5),
        ("llama.rope.dimension_count", UINT32, shape["dim"] // shape["heads"]),
        ("llama.rope.freq_base", FLOAT32, 10000.0),
        ("llama.vocab_size", UINT32, shape["vocab"]),
        ("tokenizer.ggml.model", STRING, "gpt2"),
        ("tokenizer.ggml.pre", STRING, "gpt-2"),
        ("tokenizer.ggml.tokens", ARRAY, (STRING, tokenizer.tokens)),
        ("tokenizer.ggml.token_type", ARRAY, (INT32, [CONTROL if token in SPECIAL else NORMAL for token in tokenizer.tokens])),
        ("tokenizer.ggml.merges", ARRAY, (STRING, [" ".join(pair) for pair in tokenizer.merges])),
        ("tokenizer.ggml.bos_token_id", UINT32, tokenizer.id["<|endoftext|>"]),
        ("tokenizer.ggml.eos_token_id", UINT32, tokenizer.id["<|im_end|>"]),
        ("tokenizer.ggml.add_bos_token", BOOL, True),
        ("tokenizer.ggml.add_eos_token", BOOL, False),
        ("tokenizer.chat_template", STRING, CHAT_TEMPLATE),
    ]


def q8_0(weights):
    """Blocks of 32: one half-precision scale, then 32 signed bytes."""
    blocks = weights.reshape(-1, 32)
    scale = numpy.abs(blocks).max(1) / 127
    bytes_ = numpy.round(blocks / numpy.where(scale == 0, 1, scale)[:, None]).astype(numpy.int8)
    packed = numpy.empty((len(blocks), 34), numpy.uint8)
    packed[:, :2] = scale.astype("<f2").view(numpy.uint8).reshape(-1, 2)
    packed[:, 2:] = bytes_.view(numpy.uint8)
    return packed.tobytes()


def tensor(name, weights, kind):
    """-> (name, dimensions fastest first, type, bytes); vectors (norms) stay in full precision."""
    kind = "f32" if weights.ndim == 1 else kind
    data = q8_0(weights) if kind == "q8_0" else weights.astype({"f32": "<f4", "f16": "<f2"}[kind]).tobytes()
    return name, weights.shape[::-1], TENSOR_TYPE[kind], data


def padding(length):
    return b"\0" * (-length % ALIGNMENT)


def gguf(pairs, tensors):
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(pairs))
    for key, kind, content in pairs:
        head += string(key) + struct.pack("<I", kind) + value(kind, content)
    offset = 0
    for name, dimensions, kind, data in tensors:
        head += string(name) + struct.pack(f"<I{len(dimensions)}QIQ", len(dimensions), *dimensions, kind, offset)
        offset += len(data) + len(padding(len(data)))
    return head + padding(len(head)) + b"".join(data + padding(len(data)) for *_, data in tensors)


def main():
    folder, target = Path(sys.argv[1]), Path(sys.argv[2])
    kind = sys.argv[3] if len(sys.argv) > 3 else "q8_0"
    saved = torch.load(folder / "checkpoint.pt", map_location="cpu")
    tokenizer = Tokenizer(json.loads((folder / "merges.json").read_text(encoding="utf-8")))
    weights = {name: tensor_.float().numpy() for name, tensor_ in saved["model"].items()}
    parameters = sum(array.size for array in weights.values())
    shape = saved["state"]["shape"]
    data = gguf(metadata(shape, tokenizer, kind, parameters), [tensor(name, array, kind) for name, array in weights.items()])
    temporary = target.with_suffix(".tmp")
    temporary.write_bytes(data)
    os.replace(temporary, target)
    write_card(target, parameters, shape, kind, saved["state"])
    print(json.dumps({"file": target.name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest(), "parameters": parameters}))


def write_card(target, parameters, shape, kind, state):
    """What is known without measuring; evaluate.ts adds the rest."""
    card = {
        "name": "kulning-triage",
        "licence": "Apache-2.0",
        "toy": True,
        "parameters": parameters,
        "weights": kind,
        "contextTokens": shape["context"],
        "shape": shape,
        "languages": ["en", "fr", "sv"],
        "data": "generated from the templates in mails/ and chat/; no mail of a real person, nothing downloaded",
        "trainedAt": datetime.now(timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "training": {"steps": state["step"], "chats": state["step"] * CHATS_PER_STEP, "tokens": state["tokens"],
                     "seconds": round(state["seconds"]), "cpuSeconds": round(state["cpu_seconds"]),
                     "plans": [{"fromStep": start, "toStep": end, "fields": fields} for start, end, fields in state["plans"]]},
    }
    target.with_name("card.json").write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
