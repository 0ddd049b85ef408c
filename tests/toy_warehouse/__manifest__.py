{
    "name": "Toy Warehouse",
    "summary": "What an addon of its own needs to join the house: a warehouse that sends goods",
    "version": "19.0.1.0.0",
    "author": "Channel Connector contributors",
    "license": "LGPL-3",
    "category": "Hidden",
    "depends": ["channel_connector"],
}
