"""A line chart as SVG, so that a figure needs nothing installed."""
from xml.sax.saxutils import escape

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 720, 360, 80, 50, 40
COLOURS = ["#2457a6", "#c0392b", "#1e8449", "#7d3c98"]


def lines(title, x_label, y_label, series):
    """`series` maps a name to a list of (x, y) points."""
    points = [point for line in series.values() for point in line] or [(0, 0)]
    x_max = max(x for x, _ in points) or 1
    y_max = (max(y for _, y in points) or 1) * 1.1

    def at(x, y):
        across = LEFT + x / x_max * (WIDTH - LEFT - 20)
        down = HEIGHT - BOTTOM - y / y_max * (HEIGHT - BOTTOM - TOP)
        return f"{across:.1f},{down:.1f}"

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" '
             'font-size="12">', f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
             f'<text x="{WIDTH / 2}" y="22" text-anchor="middle" font-size="15">{escape(title)}</text>',
             f'<text x="{WIDTH / 2}" y="{HEIGHT - 10}" text-anchor="middle">{escape(x_label)}</text>',
             f'<text x="{LEFT}" y="{TOP - 6}" text-anchor="middle">{escape(y_label)}</text>']
    for step in range(5):
        value = y_max * step / 4
        parts.append(f'<polyline points="{at(0, value)} {at(x_max, value)}" stroke="#ddd" fill="none"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{at(0, value).split(",")[1]}" text-anchor="end">{value:,.0f}</text>')
        tick = x_max * step / 4
        parts.append(f'<text x="{at(tick, 0).split(",")[0]}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">'
                     f'{tick:,.0f}</text>')
    for index, (name, line) in enumerate(series.items()):
        colour = COLOURS[index % len(COLOURS)]
        path = " ".join(at(x, y) for x, y in line)
        parts.append(f'<polyline points="{path}" stroke="{colour}" stroke-width="2" fill="none"/>')
        parts.append(f'<text x="{WIDTH - 24}" y="{TOP + 14 * index}" text-anchor="end" fill="{colour}">'
                     f'{escape(name)}</text>')
    return "\n".join(parts) + "\n</svg>\n"
