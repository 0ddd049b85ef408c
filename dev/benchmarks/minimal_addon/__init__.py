from . import controller
