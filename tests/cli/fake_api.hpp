// A tiny HTTP server that answers what a test tells it to, and keeps what it was
// asked. One request a connection.
#pragma once

#include <arpa/inet.h>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace carillon::test {

class descriptor {
public:
  explicit descriptor(int fd) : fd_(fd) {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (fd_ >= 0)
      ::close(fd_);
  }
  int get() const { return fd_; }

private:
  int fd_;
};

class fake_api {
public:
  struct request {
    std::string method, target, head, body;
  };

  fake_api() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof where;
    if (::bind(listener_.get(), reinterpret_cast<sockaddr*>(&where), size) != 0 || ::listen(listener_.get(), 8) != 0
        || ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&where), &size) != 0)
      throw std::runtime_error("the fake API cannot listen");
    port_ = ntohs(where.sin_port);
    thread_ = std::thread{[this] { serve(); }};
  }
  ~fake_api() {
    ::shutdown(listener_.get(), SHUT_RDWR); // ends accept
    thread_.join();
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  /// The answer to `METHOD target`. Given several times: one after the other, the last stays.
  void answer(const std::string& call, int status, std::string body) {
    std::lock_guard lock{mutex_};
    answers_[call].emplace_back(status, std::move(body));
  }

  std::vector<request> requests() {
    std::lock_guard lock{mutex_};
    return requests_;
  }

private:
  void serve() {
    for (;;) {
      descriptor peer{::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
      if (peer.get() < 0)
        return;
      if (auto asked = read_request(peer.get()); !asked.method.empty())
        write_all(peer.get(), answer_to(asked));
    }
  }

  static request read_request(int peer) {
    std::string text;
    std::size_t head = std::string::npos, length = 0;
    char bytes[4096];
    while (head == std::string::npos || text.size() < head + 4 + length) {
      const auto got = ::recv(peer, bytes, sizeof bytes, 0);
      if (got <= 0)
        return {};
      text.append(bytes, static_cast<std::size_t>(got));
      if (head == std::string::npos && (head = text.find("\r\n\r\n")) != std::string::npos)
        if (const auto at = text.find("Content-Length: "); at < head)
          length = std::stoul(text.substr(at + 16));
    }
    const auto first = text.find(' '), second = text.find(' ', first + 1);
    return {text.substr(0, first), text.substr(first + 1, second - first - 1), text.substr(0, head),
            text.substr(head + 4)};
  }

  std::string answer_to(const request& asked) {
    std::lock_guard lock{mutex_};
    requests_.push_back(asked);
    auto& known = answers_[asked.method + " " + asked.target];
    std::pair<int, std::string> what{599, R"({"title": "The test gave no answer for )" + asked.target + "\"}"};
    if (!known.empty())
      what = known.front();
    if (known.size() > 1)
      known.erase(known.begin());
    return "HTTP/1.1 " + std::to_string(what.first) + " Told\r\nConnection: close\r\nContent-Length: "
           + std::to_string(what.second.size()) + "\r\n\r\n" + what.second;
  }

  static void write_all(int peer, const std::string& text) {
    for (std::size_t sent = 0; sent < text.size();) {
      const auto now = ::send(peer, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
      if (now <= 0)
        return;
      sent += static_cast<std::size_t>(now);
    }
  }

  descriptor listener_;
  int port_ = 0;
  std::mutex mutex_;
  std::map<std::string, std::vector<std::pair<int, std::string>>> answers_;
  std::vector<request> requests_;
  std::thread thread_;
};

} // namespace carillon::test
