"""The key to the exercises. To read it is no crime, but the hints are there to be used first.

Exercise: (answer, hint, relative tolerance). Nothing here depends on the size of a picture.
"""

ANSWERS = {
    "0.1": (300 * 200 * 3, "each pixel has three colours", 0),
    "0.2": ("content", "one of them compares the picture with what it starts as", 0),
    "1.1": (27, "with a stride of 1 everywhere, d stays 1 and each convolution adds w - 1", 0),
    "1.2": (55, "a channel is silent if the largest value of its map is 0", 0.02),
    "1.3": (0.873, "the largest of three eigenvalues over their sum, between 0 and 1", 0.01),
    "2.1": (
        [64 / 3, 128 / 12, 256 / 48, 512 / 192, 512 / 768],
        "count every channel at every position, and three colours for each pixel",
        0.26,  # grids are rounded up, which counts in a small picture
    ),
    "2.2": (15, "the length before scaling settles at c; thirty rounds are enough", 0.15),
    "2.3": (
        [[0, 2 / 7], [-2 / 7, -1 / 7]],
        "the square gives a factor 2, and the divisor does not depend on F",
        1e-3,
    ),
    "3.1": (0.25, "look for the places where both are above zero", 0),
    "3.2": (131_328, "the matrix is symmetric; do not forget the diagonal", 0),
    "3.3": (0.5625, "with a quarter of the positions, the undivided G is a quarter of A", 1e-3),
    "4.1": (
        [2, 1, 0.5**1.25 + 2 * 0.25**1.25],
        "three pixels see the spike: itself, its left and its upper neighbour",
        1e-3,
    ),
    "4.2": ([-2, 0, -4, 6, 4, -4], "inner numbers occur in two differences, outer ones in one", 0),
    "4.3": ([0.5, 0.25], "count how many differences are left, and how large they are", 1e-3),
    "5.1": ("style", "multiply each loss by its weight before you compare", 0),
    "5.2": ([1, 10, 20], "the picture stays the same as long as the ratios do", 1e-3),
    "6.1": (
        [400 * 0.99 / 99.99, 200],
        "a plain slider shares out differences, a logarithmic one powers of ten",
        0.02,
    ),
    "6.2": ([0.01 / 4.01, 1 / 4.01], "a share is of the sum of all five sliders", 0.002),
    "6.3": ([34.5, 1.5], "the 3 s before the move are no waiting", 1e-3),
    "7.1": (7, "an entry is a mean over positions, so each part counts with its area", 1e-3),
    "7.2": (3, "compare the width of the face with what a position of each layer sees", 0),
    "8.1": (73_984, "an instance normalisation has two numbers for each channel", 0),
    "8.2": (31, "divide what the training costs by what a picture saves, and round up", 0),
    "8.3": (
        [1 - 6 / 5**0.5, 1 - 2 / 5**0.5, 1 + 2 / 5**0.5, 1 + 6 / 5**0.5],
        "without the fog the mean is 4 and the variance 5, over four positions and not three",
        1e-3,
    ),
}
