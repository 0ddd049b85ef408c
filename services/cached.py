"""What is kept in Odoo's caches, and how every process of every host hears that it changed."""


def forget(env):
    """Have all processes ask anew for what they keep in ``ormcache``.

    This one at once; again after the commit, before which another thread may have asked for what
    was; and after a rollback, before which this one may have asked for what will not be. Odoo tells
    the others when a request ends well. But a job of ours goes on after its commits, and may fail
    or be killed then: the others would hear late or never. So they are told with the commit.
    """
    env.registry.clear_cache()
    if "channel_connector.forget" not in env.cr.postcommit.data:
        env.cr.postcommit.data["channel_connector.forget"] = True
        env.cr.postcommit.add(lambda: _tell(env.registry))
        env.cr.postrollback.add(env.registry.clear_cache)


def _tell(registry):
    registry.clear_cache()
    if registry.ready:  # otherwise a module is being installed, and all load it anew
        registry.signal_changes()
