from . import image
from . import webhook
