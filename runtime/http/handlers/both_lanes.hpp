// A list over both lanes: each lane's store is asked for a page, the pages are
// merged newest first, and the cursor says how far each lane was read. Keys of
// the two lanes may be equal, so one key could not say it.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/http/exchange.hpp"
#include "runtime/http/service.hpp"

namespace carillon::http {

/// Per lane: rows below this key are still to be read; 0 means none are.
using lane_cursor = std::array<std::optional<row_key>, all_lanes.size()>;

/// `5a17.-`: hexadecimal keys, `-` for a lane that was not begun.
std::string to_text(const lane_cursor& at);
std::optional<lane_cursor> parse_lane_cursor(std::string_view text);

inline row_key key_of(const notification_view& v) {
  return v.n->key;
}
inline row_key key_of(const pulled& p) {
  return p.d.key;
}

template <class Page>
using both_pages = std::array<Page, all_lanes.size()>;

/// Asks both lanes (`ask(store, filter, done)`) and runs `then` on the request's
/// pool with both pages, or with the first fault.
template <class Page, class Filter, class Ask>
void read_both(service& with, const request& rq, const Filter& filter, const lane_cursor& from, Ask ask,
               std::function<void(result<both_pages<Page>>)> then) {
  struct gathering {
    both_pages<Page> pages;
    std::optional<fault> failed;
    std::size_t missing = all_lanes.size();
    std::function<void(result<both_pages<Page>>)> then;
  };
  auto g = std::make_shared<gathering>();
  g->then = std::move(then);
  for (auto l : all_lanes) {
    auto i = static_cast<std::size_t>(l);
    auto own = filter;
    own.before = from[i];
    ask(with.engine.store_of(l), std::move(own), on_pool<Page>(rq, [g, i](result<Page> got) {
          if (got)
            g->pages[i] = std::move(*got);
          else
            g->failed = std::move(got.error());
          if (--g->missing > 0)
            return;
          if (g->failed)
            g->then(std::move(*g->failed));
          else
            g->then(std::move(g->pages));
        }));
  }
}

/// The newest `limit` rows of both pages, and where the next page begins.
template <class Page>
auto merge(both_pages<Page>& pages, const lane_cursor& from, std::size_t limit) {
  using row = typename decltype(Page::data)::value_type;
  std::array<std::size_t, all_lanes.size()> used{};
  std::vector<row> rows;
  auto left = [&](std::size_t i) { return used[i] < pages[i].data.size(); };
  while (rows.size() < limit && (left(0) || left(1))) {
    auto i = !left(0) || (left(1) && key_of(pages[1].data[used[1]]) > key_of(pages[0].data[used[0]])) ? 1U : 0U;
    rows.push_back(std::move(pages[i].data[used[i]++]));
  }
  lane_cursor next = from;
  bool more = false;
  for (std::size_t i = 0; i < pages.size(); ++i) {
    bool ended = !left(i) && !pages[i].next;
    more = more || !ended;
    if (ended)
      next[i] = 0;
    else if (used[i] > 0)
      next[i] = left(i) ? key_of(pages[i].data[used[i]]) + 1 : *pages[i].next;
  }
  return std::pair{std::move(rows), more ? std::optional{next} : std::nullopt};
}

} // namespace carillon::http
