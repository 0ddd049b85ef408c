"""Canonical values → bodies; pure."""

from __future__ import annotations

from typing import Any

from odoo.addons.channel_connector.core.fulfilment import FulfilmentRequest


def dispatch_body(request: FulfilmentRequest) -> dict[str, Any]:
    address = request.address
    return {
        "client_ref": request.marker,
        "reference": request.reference,
        "order": request.order_number,
        "service": request.service,
        "to": {
            "name": address.name,
            "company": address.company,
            "street": " ".join(filter(None, (address.street, address.street2))),
            "zip": address.zip,
            "city": address.city,
            "state": address.state,
            "country": address.country,
            "phone": address.phone,
            "email": address.email,
        },
        "lines": [{"sku": goods.sku, "pieces": f"{goods.quantity:f}"} for goods in request.goods],
    }
