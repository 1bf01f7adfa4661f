// Protocol `smtp`: email to any mail server. Pure.
#pragma once

#include "actors/providers/protocol.hpp"

namespace carillon {

/// One RFC 5322 message. Message-ID is `<delivery id@domain of from>` at every
/// attempt, so that a receiver can recognise a repeat. A malformed recipient is a
/// field error at `/address`; one that needs SMTPUTF8, and a `from` that cannot be
/// read, are faults of the message. List-Unsubscribe stands in it where the
/// category has an unsubscribe link, a public_url is set and a secret to sign with
/// was given; List-Unsubscribe-Post (RFC 8058) where public_url is https as well.
result<wire_request> make_smtp(const call_context& call);

/// Enhanced status code first (RFC 3463), then the basic one (RFC 5321). `status`
/// and `body` are the code and the text of the last reply; header `smtp-command`
/// (session, MAIL, RCPT, DATA, end-of-data), where there is one, says what it
/// answers: a basic 550 is about the address only where it answers RCPT.
answer_meaning read_smtp(const wire_answer& answer, sys_time now);

} // namespace carillon
