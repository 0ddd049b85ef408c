from . import channel_backend
