"""Muon for the matrices of the blocks, AdamW for the embedding and the norms.

Muon (Keller Jordan, 2024, https://kellerjordan.github.io/posts/muon) makes each momentum update nearly orthogonal; on a
model and a time as small as ours it needs about half the steps of AdamW.
"""
import torch

MOMENTUM, MATRIX_RATE, OTHER_RATE, WEIGHT_DECAY = 0.95, 0.02, 4e-3, 0.02


def orthogonal(matrix, rounds=5):
    """The nearest (semi-)orthogonal matrix, roughly: a quintic Newton-Schulz iteration."""
    a, b, c = 3.4445, -4.7750, 2.0315
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if tall else matrix
    x = x / (x.norm() + 1e-7)
    for _ in range(rounds):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if tall else x


class Optimiser:
    def __init__(self, model):
        named = list(model.named_parameters())
        self.matrices = [weight for name, weight in named if name.startswith("blk.") and weight.dim() == 2]
        ids = {id(weight) for weight in self.matrices}
        self.momentum = [torch.zeros_like(weight) for weight in self.matrices]
        others = [weight for _, weight in named if id(weight) not in ids]
        self.adam = torch.optim.AdamW(others, lr=OTHER_RATE, betas=(0.9, 0.95), weight_decay=WEIGHT_DECAY)

    @torch.no_grad()
    def step(self, scale):
        """`scale` is the schedule's share (0 to 1) of the peak rates."""
        for group in self.adam.param_groups:
            group["lr"] = OTHER_RATE * scale
        self.adam.step()
        for weight, momentum in zip(self.matrices, self.momentum):
            momentum.lerp_(weight.grad, 1 - MOMENTUM)
            update = orthogonal(weight.grad.lerp(momentum, MOMENTUM))
            rows, columns = weight.shape
            weight.mul_(1 - MATRIX_RATE * scale * WEIGHT_DECAY)
            weight.add_(update, alpha=-MATRIX_RATE * scale * max(1, rows / columns) ** 0.5)

    def state_dict(self):
        return {"momentum": self.momentum, "adam": self.adam.state_dict()}

    def load_state_dict(self, state):
        for mine, saved in zip(self.momentum, state["momentum"]):
            mine.copy_(saved)
        self.adam.load_state_dict(state["adam"])
