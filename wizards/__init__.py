from . import issue_ignore
from . import order_import
