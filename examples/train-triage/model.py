"""The network: a small Llama (RMSNorm, rotary positions, grouped-query attention, SwiGLU, tied output)."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F


def parameter_count(shape):
    """Known before training, because the out-of-scope answer states it."""
    dim, kv_dim = shape["dim"], shape["dim"] // shape["heads"] * shape["kv_heads"]
    block = 2 * dim * dim + 2 * dim * kv_dim + 3 * dim * shape["ff"] + 2 * dim
    return shape["vocab"] * dim + shape["layers"] * block + dim


class RmsNorm(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(dim))

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * self.weight


def rotate(x, cos, sin):
    """Rotates the pairs (2i, 2i+1), as llama.cpp's llama architecture does: the weights need no permutation."""
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), -1).flatten(-2)


def attend(q, k, v, mask):
    if hasattr(F, "scaled_dot_product_attention"):
        return F.scaled_dot_product_attention(q, k, v, is_causal=True)
    return ((q @ k.transpose(-1, -2)) / math.sqrt(q.shape[-1]) + mask).softmax(-1) @ v


class Block(nn.Module):
    """Members are named as GGUF names its tensors, so that the export renames nothing."""

    def __init__(self, shape):
        super().__init__()
        dim, self.heads, self.kv_heads = shape["dim"], shape["heads"], shape["kv_heads"]
        self.head_dim = dim // self.heads
        linear = lambda rows, columns: nn.Linear(rows, columns, bias=False)
        self.attn_norm, self.ffn_norm = RmsNorm(dim), RmsNorm(dim)
        self.attn_q, self.attn_output = linear(dim, dim), linear(dim, dim)
        self.attn_k = linear(dim, self.kv_heads * self.head_dim)
        self.attn_v = linear(dim, self.kv_heads * self.head_dim)
        self.ffn_gate, self.ffn_up = linear(dim, shape["ff"]), linear(dim, shape["ff"])
        self.ffn_down = linear(shape["ff"], dim)

    def forward(self, x, cos, sin, mask):
        rows, length, dim = x.shape
        split = lambda y, heads: y.view(rows, length, heads, self.head_dim).transpose(1, 2)
        y = self.attn_norm(x)
        q = rotate(split(self.attn_q(y), self.heads), cos, sin)
        k = rotate(split(self.attn_k(y), self.kv_heads), cos, sin)
        v = split(self.attn_v(y), self.kv_heads)
        share = self.heads // self.kv_heads
        k, v = k.repeat_interleave(share, 1), v.repeat_interleave(share, 1)
        x = x + self.attn_output(attend(q, k, v, mask).transpose(1, 2).reshape(rows, length, dim))
        y = self.ffn_norm(x)
        return x + self.ffn_down(F.silu(self.ffn_gate(y)) * self.ffn_up(y))


class Llama(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.token_embd = nn.Embedding(shape["vocab"], shape["dim"])
        self.blk = nn.ModuleList(Block(shape) for _ in range(shape["layers"]))
        self.output_norm = RmsNorm(shape["dim"])
        half, context = shape["dim"] // shape["heads"], shape["context"]
        angle = torch.outer(torch.arange(context).float(), 10000.0 ** (-torch.arange(0, half, 2).float() / half))
        self.register_buffer("cos", angle.cos(), persistent=False)
        self.register_buffer("sin", angle.sin(), persistent=False)
        self.register_buffer("mask", torch.full((context, context), float("-inf")).triu(1), persistent=False)
        for name, weight in self.named_parameters():
            if weight.dim() > 1:
                into_residual = "attn_output" in name or "ffn_down" in name
                nn.init.normal_(weight, 0, 0.02 / math.sqrt(2 * shape["layers"]) if into_residual else 0.02)

    def forward(self, tokens, wanted):
        """Logits at the positions `wanted` (flat boolean mask) only: the others would be thrown away."""
        length = tokens.shape[1]
        x = self.token_embd(tokens)
        for block in self.blk:
            x = block(x, self.cos[:length], self.sin[:length], self.mask[:length, :length])
        return self.output_norm(x.flatten(0, 1)[wanted]) @ self.token_embd.weight.T
