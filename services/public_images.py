"""Pictures of products by addresses that a shop can fetch: signed, so that nobody can list them."""

import hmac as constant_time

from odoo import models
from odoo.tools import hmac

from .product_facts import PICTURES

#: what may be shown, and the ending that shops expect
ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
}
_SCOPE = "channel-product-image"
#: characters of the signature in an address: 128 bits
_LENGTH = 32


class ChannelPublicImages(models.AbstractModel):
    _name = "channel.public.images"
    _description = "Channel public images"

    def _url(self, backend, attachment):
        """The address of a picture as it is now; '' for what no shop shows (e.g. SVG).

        :param attachment: ``ir.attachment`` of one of :data:`.product_facts.PICTURES`
        """
        if attachment.mimetype not in ENDINGS:
            return ""
        signed = self._signed(attachment.id, attachment.checksum)
        return f"{backend.get_base_url()}/channel/image/{signed}/{self._name_of(attachment)}"

    def _name_of(self, attachment):
        """A file name that says nothing, and always the same of the same picture."""
        ending = ENDINGS.get(attachment.mimetype, "bin")
        return f"{attachment.checksum[:12]}.{ending}"

    def _signed(self, attachment_id, checksum):
        signature = hmac(self.env(su=True), _SCOPE, (attachment_id, checksum))[:_LENGTH]
        return f"{attachment_id}-{signature}"

    def _find(self, signed):
        """The attachment of a signed name; empty where it is wrong, or no longer that picture."""
        number = signed.partition("-")[0]
        none = self.env["ir.attachment"].sudo()
        if not number.isascii() or not number.isdigit() or len(number) > 10:
            return none
        attachment = none.browse(int(number)).exists()
        shown = attachment and (attachment.res_model, attachment.res_field) in PICTURES
        if not shown or attachment.mimetype not in ENDINGS:
            return none
        expected = self._signed(attachment.id, attachment.checksum)
        same = constant_time.compare_digest(expected.encode(), signed.encode())
        return attachment if same else none
