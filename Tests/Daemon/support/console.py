"""What the tests of the console look for and do in it, in a browser."""

import json

from .waiting import wait_until

STATE = "document.querySelector('[data-state]')?.dataset.state"
OFFSETS = "[...document.querySelectorAll('[data-offset]')].map((row) => Number(row.dataset.offset))"
HOSTILE = "<img src=x onerror='document.title=`taken`'><script>document.title='taken'</script>\"'&{{7*7}}\u202e\u0007"


def origins(hub):
    """What the URLs of the hub, and of pictures within the page, begin with."""
    return (hub.url("/"), f"ws://{hub.authority}/", "data:image/svg+xml")


def text(page, selector="main"):
    return page.run(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''")


def wait_for_text(page, wanted, selector="main"):
    wait_until(lambda: wanted in text(page, selector), what=f"{wanted!r} in {selector} (now {text(page, selector)!r})")


def click(page, label, within="document"):
    """Presses the button of that name."""
    page.run(f"""(() => {{
      const found = [...{within}.querySelectorAll('button')].find((button) =>
        (button.getAttribute('aria-label') ?? button.innerText) === {json.dumps(label)});
      if (!found) throw new Error('there is no such button');
      found.click();
    }})()""")


def fill(page, selector, value):
    page.run(f"""(() => {{
      const input = document.querySelector({json.dumps(selector)});
      input.focus();
      input.select();
    }})()""")
    page.type(value)
