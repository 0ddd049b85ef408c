{
    "name": "Minimal webhook",
    "summary": "The least that storing a delivery can cost; only for dev/bench webhook",
    "version": "19.0.1.0.0",
    "author": "Channel Connector contributors",
    "license": "LGPL-3",
    "depends": ["web"],
    "installable": True,
}
