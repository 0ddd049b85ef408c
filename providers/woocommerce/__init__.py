"""WooCommerce (REST API v3 and webhooks), 8.0 and newer, both order storages."""
