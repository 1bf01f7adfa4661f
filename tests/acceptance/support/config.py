"""Pieces of configuration the tests share."""
from .canary import keep_secret

SECRET = keep_secret("whsec_bmV3LXNpZ25pbmctc2VjcmV0LW9mLXRoZS10ZXN0cw==")
OLD_SECRET = keep_secret("whsec_b2xkLXNpZ25pbmctc2VjcmV0LW9mLXRoZS10ZXN0cw==")

# A breaker that stays closed, for tests of what lies behind it.
NO_BREAKER = "breaker = { window = 1000, min_calls = 1000, consecutive = 1000 }"


def sandboxes(*channels):
    """A sandbox on each of the channels, the feed for in_app.

    A file that names a provider names them all; these are the ones a test needs besides.
    """
    return "".join(f"""
[providers.easy_{channel}]
protocol = "{'in_app' if channel == 'in_app' else 'sandbox'}"
channel = "{channel}"

[channels.{channel}]
providers = ["easy_{channel}"]
""" for channel in channels)


def webhooks(retry, secret=f'"{SECRET}"', timeout="20s"):
    """A webhook provider that may call this machine."""
    return f"""
[providers.hooks]
protocol = "webhook"
channel = "webhook"
credentials = {{ secret = {secret} }}
timeout = "{timeout}"
{NO_BREAKER}

[channels.webhook]
providers = ["hooks"]
retry = {{ {retry} }}

[egress]
allow = ["127.0.0.0/8"]
"""
