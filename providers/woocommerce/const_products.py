"""Tables of WooCommerce's words for its catalogue; see :mod:`.const`."""

from __future__ import annotations

from decimal import Decimal

from ...core.catalogue import Backorders, ProductKind, ProductStatus, StockKeeper, TermKind

#: Type → kind; plug-ins add their own. WooCommerce: wc_get_product_types().
PRODUCT_KIND = {
    "simple": ProductKind.SIMPLE,
    "variable": ProductKind.VARIABLE,
    "grouped": ProductKind.GROUPED,
    "external": ProductKind.EXTERNAL,
}
#: WordPress: get_post_stati(); what is not published yet is a draft to customers.
PRODUCT_STATUS = {
    "publish": ProductStatus.PUBLISHED,
    "private": ProductStatus.HIDDEN,
    "draft": ProductStatus.DRAFT,
    "auto-draft": ProductStatus.DRAFT,
    "pending": ProductStatus.DRAFT,
    "future": ProductStatus.DRAFT,
    "trash": ProductStatus.TRASHED,
}
#: What a product becomes when it is written.
STATUS_OF_PRODUCT = {
    ProductStatus.PUBLISHED: "publish",
    ProductStatus.HIDDEN: "private",
    ProductStatus.DRAFT: "draft",
}
#: Types whose prices are their children's. WooCommerce: class-wc-rest-products-controller.php,
#: prepare_object_for_database() passes over theirs.
PRICELESS_TYPES = ("variable", "grouped")
#: Of prices: `woocommerce_price_num_decimals` of a new shop.
USUAL_DECIMALS = 2
#: `*_gmt` fields as WooCommerce writes and reads them.
GMT_FORMAT = "%Y-%m-%dT%H:%M:%S"
#: WooCommerce: wc_get_product_backorder_options().
BACKORDERS = {
    "no": Backorders.NO,
    "notify": Backorders.NOTIFY,
    "yes": Backorders.YES,
}
#: Slug of the category that WooCommerce makes for products without one: class-wc-install.php,
#: create_terms(). Its translation is a slug of another kind, and is taken for a category.
NO_CATEGORY = "uncategorized"
BACKORDER_CODE = {meaning: code for code, meaning in BACKORDERS.items()}
#: Refusals of a SKU or GTIN that something else has, and our word for it.
#: abstract-wc-product.php, set_sku() and set_global_unique_id().
TAKEN = {
    "product_invalid_sku": "sku_taken",
    "woocommerce_rest_product_not_created": "sku_taken",  # two at the same moment
    "product_invalid_global_unique_id": "barcode_taken",
}
#: Other refusals of products that have words of their own. class-wc-rest-products-controller.php,
#: set_product_images(); class-wc-rest-product-variations-controller.php, set_variation_image().
REFUSALS = {
    **TAKEN,
    "woocommerce_product_image_upload_error": "image_not_fetched",
    "woocommerce_variation_image_upload_error": "image_not_fetched",
    "woocommerce_product_invalid_image_id": "image_gone",
    "woocommerce_variation_invalid_image_id": "image_gone",
}
#: Feature of a shop whose products WPML translates, the namespace that shows it, and what lists
#: need to show all languages. Polylang's show them by themselves, and refuse the word.
WPML, WPML_SPACE, ALL_LANGUAGES = "wpml", "wpml/v1", {"lang": "all"}
#: Between the options of a product's own attribute, as they are kept: WC_DELIMITER.
SEPARATOR = "|"
#: WordPress's library of images.
MEDIA_PATH = "wp-json/wp/v2/media"
#: Refusal of a second term of one name and parent; it names the first one.
TERM_EXISTS = "term_exists"
#: Where terms are; the options of an attribute are terms of their own.
TERM_PATHS = {
    TermKind.CATEGORY: "products/categories",
    TermKind.TAG: "products/tags",
    TermKind.BRAND: "products/brands",
    TermKind.ATTRIBUTE: "products/attributes",
}
#: `manage_stock` → who counts. class-wc-product-variation.php, get_manage_stock().
STOCK_KEEPER = {
    "true": StockKeeper.ITSELF,
    "parent": StockKeeper.PARENT,
    "false": StockKeeper.NOBODY,
}
#: Units of the store in kilograms and millimetres, exact by definition. WooCommerce:
#: includes/wc-formatting-functions.php, wc_get_weight() and wc_get_dimension().
WEIGHT_UNITS = {
    "kg": Decimal(1),
    "g": Decimal("0.001"),
    "lbs": Decimal("0.45359237"),
    "oz": Decimal("0.028349523125"),
}
DIMENSION_UNITS = {
    "m": Decimal(1000),
    "cm": Decimal(10),
    "mm": Decimal(1),
    "in": Decimal("25.4"),
    "yd": Decimal("914.4"),
}

#: Fields that differ each time a product is read. wc-product-functions.php,
#: wc_get_related_products() shuffles.
SHUFFLED = ("related_ids",)
