"""Charts as SVG, so that a figure needs nothing installed."""
from xml.sax.saxutils import escape

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 720, 360, 80, 50, 40
COLOURS = ["#2457a6", "#c0392b", "#1e8449", "#7d3c98"]


def frame(title, x_label, y_label, y_max):
    """The drawing's first elements: title, labels and the lines of the y axis."""
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" '
             'font-size="12">', f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
             f'<text x="{WIDTH / 2}" y="22" text-anchor="middle" font-size="15">{escape(title)}</text>',
             f'<text x="{WIDTH / 2}" y="{HEIGHT - 10}" text-anchor="middle">{escape(x_label)}</text>',
             f'<text x="{LEFT}" y="{TOP - 6}" text-anchor="middle">{escape(y_label)}</text>']
    for step in range(5):
        value, down = y_max * step / 4, HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * step / 4
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - 20}" y1="{down:.1f}" y2="{down:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{down:.1f}" text-anchor="end">{value:,.4g}</text>')
    return parts


def legend(names):
    return [f'<text x="{WIDTH - 24}" y="{TOP + 14 * index}" text-anchor="end" fill="{COLOURS[index % len(COLOURS)]}">'
            f'{escape(name)}</text>' for index, name in enumerate(names)]


def lines(title, x_label, y_label, series):
    """`series` maps a name to a list of (x, y) points."""
    points = [point for line in series.values() for point in line] or [(0, 0)]
    x_max = max(x for x, _ in points) or 1
    y_max = max(y for _, y in points) * 1.1 or 1

    def at(x, y):
        across = LEFT + x / x_max * (WIDTH - LEFT - 20)
        down = HEIGHT - BOTTOM - y / y_max * (HEIGHT - BOTTOM - TOP)
        return f"{across:.1f},{down:.1f}"

    parts = frame(title, x_label, y_label, y_max)
    for step in range(5):
        tick = x_max * step / 4
        parts.append(f'<text x="{at(tick, 0).split(",")[0]}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">'
                     f'{tick:,.0f}</text>')
    for index, line in enumerate(series.values()):
        path = " ".join(at(x, y) for x, y in line)
        parts.append(f'<polyline points="{path}" stroke="{COLOURS[index % len(COLOURS)]}" stroke-width="2" '
                     'fill="none"/>')
    return "\n".join(parts + legend(series)) + "\n</svg>\n"


def bars(title, y_label, groups):
    """`groups` maps a name to {bar: value}; every group has the same bars."""
    names = list(next(iter(groups.values()), {}))
    y_max = max([value for one in groups.values() for value in one.values()] or [0]) * 1.1 or 1
    room = (WIDTH - LEFT - 20) / max(len(groups), 1)
    wide = room * 0.7 / max(len(names), 1)
    parts = frame(title, "", y_label, y_max)
    for at, (name, one) in enumerate(groups.items()):
        left = LEFT + room * (at + 0.15)
        parts.append(f'<text x="{left + room * 0.35:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">'
                     f'{escape(name)}</text>')
        for index, value in enumerate(one.values()):
            tall = value / y_max * (HEIGHT - BOTTOM - TOP)
            top, across = HEIGHT - BOTTOM - tall, left + wide * index
            parts.append(f'<rect x="{across:.1f}" y="{top:.1f}" width="{wide * 0.9:.1f}" height="{tall:.1f}" '
                         f'fill="{COLOURS[index % len(COLOURS)]}"/>')
            parts.append(f'<text x="{across + wide * 0.45:.1f}" y="{top - 4:.1f}" text-anchor="middle">'
                         f'{value:,.4g}</text>')
    return "\n".join(parts + legend(names)) + "\n</svg>\n"
