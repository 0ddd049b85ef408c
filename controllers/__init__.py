from . import image
from . import metrics
from . import webhook
