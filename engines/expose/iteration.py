"""The regressor that corrects a parameter vector step by step (Kanazawa et al., CVPR 2018, section 3.2)."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from engines.expose.config import BranchConfig, MlpConfig
from engines.expose.weights import Weights, constant


class IterativeRegressor(nn.Module):
    """Adds `MLP([features, parameters])` to the parameters, a fixed number of times.

    The first layer's answer to the features is the same in every round, so that half is multiplied once.
    """

    def __init__(
        self, weights: Weights, branch: BranchConfig, feature_count: int, parameter_count: int
    ) -> None:
        super().__init__()
        self.stages = branch.stages
        mlp = branch.mlp
        width = mlp.layers[0]
        self.from_features, self.from_parameters = weights.split_linear(
            "layer_000.0", (feature_count, parameter_count), width, has_bias=mlp.norm == "none"
        )
        self.rest = _rest(weights, mlp, parameter_count)

    def forward(
        self, features: Float[Tensor, "batch features"], start: Float[Tensor, "batch parameters"]
    ) -> Float[Tensor, "stages batch parameters"]:
        """Return the parameters after each round."""
        of_features = self.from_features(features)
        parameters = start
        answers = []
        for _ in range(self.stages):
            parameters = parameters + self.rest(of_features + self.from_parameters(parameters))
            answers.append(parameters)
        return torch.stack(answers)


def _rest(weights: Weights, mlp: MlpConfig, parameter_count: int) -> nn.Sequential:
    """Return all that follows the first linear layer."""
    layers = _after(weights.below("layer_000."), mlp, mlp.layers[0])
    for index in range(1, len(mlp.layers)):
        width_in, width = mlp.layers[index - 1 : index + 1]
        name = f"layer_{index:03d}."
        layers.append(weights.linear(name + "0", width_in, width, has_bias=mlp.norm == "none"))
        layers += _after(weights.below(name), mlp, width)
    layers.append(weights.linear("output_layer", mlp.layers[-1], parameter_count, has_bias=True))
    return nn.Sequential(*layers)


def _after(weights: Weights, mlp: MlpConfig, width: int) -> list[nn.Module]:
    """Return activation and norm of one layer, as far as it has them."""
    layers: list[nn.Module] = []
    if mlp.activation == "relu":
        layers.append(nn.ReLU())
    elif mlp.activation == "leaky-relu":
        layers.append(nn.LeakyReLU(mlp.leaky_slope))
    norm = weights.below(f"{1 + len(layers)}.")
    if mlp.norm == "bn":
        layers.append(_Affine(*norm.batch_norm(width)))
    elif mlp.norm == "ln":
        layers.append(_layer_norm(norm, width))
    return layers


def _layer_norm(weights: Weights, width: int) -> nn.LayerNorm:
    layer = nn.LayerNorm(width, device="meta")
    layer.weight = constant(weights.tensor("weight", width))
    layer.bias = constant(weights.tensor("bias", width))
    return layer


class _Affine(nn.Module):
    """A batch norm that is not trained."""

    def __init__(self, scale: Tensor, shift: Tensor) -> None:
        super().__init__()
        self.scale = constant(scale.float())
        self.shift = constant(shift.float())

    def forward(self, x: Tensor) -> Tensor:
        return x * self.scale + self.shift
