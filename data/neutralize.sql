-- a copy of the database must not reach a live shop, nor believe that a shop's delivery is for it
UPDATE channel_backend
   SET state = 'draft',
       base_url = 'https://neutralized.invalid',
       api_key_stored = NULL,
       api_secret_stored = NULL,
       webhook_secret_stored = NULL,
       webhook_secret_before = NULL,
       webhook_secret_changed_at = NULL,
       webhook_rotating = NULL,
       wp_user = NULL,
       wp_app_password_stored = NULL,
       -- a new one, so that a copy can be tried with a test shop
       webhook_token = replace(concat(gen_random_uuid(), gen_random_uuid()), '-', ''),
       provider_settings = NULL,
       live_database = NULL,
       live_server = NULL,
       live_url = NULL,
       webhook_state = 'none';

-- those of the live shop: a test shop's of the same id are others
DELETE FROM channel_webhook;

-- what waits is about the live shop: a test shop's record of the same id would be another one
UPDATE channel_event
   SET state = 'ignored',
       reason = 'Neutralized copy of a database',
       done_at = now() AT TIME ZONE 'UTC'
 WHERE state = 'pending';

DELETE FROM channel_outbox WHERE state IN ('pending', 'blocked', 'failed');

UPDATE queue_job
   SET state = 'cancelled',
       date_cancelled = now() AT TIME ZONE 'UTC'
 WHERE state IN ('wait_dependencies', 'pending', 'enqueued', 'started')
   AND channel LIKE 'root.channel%';

-- its figures are not those of the live shops
DELETE FROM ir_config_parameter WHERE key = 'channel_connector.metrics_token';

UPDATE ir_cron
   SET active = false
 WHERE id IN (
       SELECT res_id
         FROM ir_model_data
        WHERE module = 'channel_connector'
          AND model = 'ir.cron'
);
