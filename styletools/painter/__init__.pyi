from .network import folded as folded
from .network import painter_network as painter_network
from .painter import Painter as Painter
from .painter import bundled_painters as bundled_painters
from .training import Training as Training
from .training import random_crops as random_crops
from .training import stability_loss as stability_loss
from .training import train_painter as train_painter
