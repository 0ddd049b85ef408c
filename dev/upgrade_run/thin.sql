-- What the kept database does without: files, what has run, what servers logged.
DELETE FROM ir_attachment WHERE store_fname IS NOT NULL OR url LIKE '/web/assets/%';
DELETE FROM ir_logging;
DELETE FROM bus_bus;
DELETE FROM res_users_log;
DELETE FROM ir_profile;
DELETE FROM queue_job WHERE state IN ('done', 'cancelled');
-- paths of the machine that made it
UPDATE queue_job SET exc_info = NULL, exc_name = NULL, exc_message = NULL;
