internal import CCurl

/// libcurl's result codes, grouped by what an operator would do about them.
enum CurlFailure: Equatable {
    case resolve, connect, certificate, trustStore, tls, noStartTLS, login, timeout, tooSlow, truncated, connectionLost, stoppedByUs
    case setup

    init(_ code: CURLcode, detail: String) {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: self = .resolve
        case CURLE_COULDNT_CONNECT: self = .connect
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR: self = .certificate
        case CURLE_SSL_CACERT_BADFILE: self = .trustStore
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER, CURLE_SSL_CERTPROBLEM, CURLE_SSL_SHUTDOWN_FAILED: self = .tls
        case CURLE_USE_SSL_FAILED: self = .noStartTLS
        case CURLE_LOGIN_DENIED: self = .login
        // libcurl has one code for both; its words differ.
        case CURLE_OPERATION_TIMEDOUT: self = detail.hasPrefix("Operation too slow") ? .tooSlow : .timeout
        case CURLE_PARTIAL_FILE: self = .truncated
        case CURLE_ABORTED_BY_CALLBACK, CURLE_WRITE_ERROR: self = .stoppedByUs
        case CURLE_FAILED_INIT, CURLE_OUT_OF_MEMORY, CURLE_BAD_FUNCTION_ARGUMENT, CURLE_UNKNOWN_OPTION, CURLE_NOT_BUILT_IN,
            CURLE_URL_MALFORMAT:
            self = .setup
        // Among others CURLE_UNSUPPORTED_PROTOCOL, which is also what an answer without a status line gives.
        default: self = .connectionLost
        }
    }
}

extension TransportError {
    /// - Parameter peer: whom it happened with, as people would name it.
    init(_ failure: CurlFailure, detail: String, peer: String) {
        let (kind, what): (Kind, String) =
            switch failure {
            case .resolve: (.resolve, "cannot find \(peer); check the name and the machine's DNS")
            case .connect: (.connect, "cannot connect to \(peer); check that it runs and that no firewall is between")
            case .certificate:
                (.certificate, "the certificate of \(peer) is not trusted; check its name and date, or set the CA bundle that signed it")
            case .trustStore: (.certificate, "the CA bundle for \(peer) cannot be read; check its path and that it is PEM")
            case .tls, .noStartTLS: (.tls, "no TLS connection with \(peer)")
            case .timeout: (.timeout, "\(peer) did not answer in time")
            case .tooSlow: (.tooSlow, "\(peer) sends too slowly; the rest is fetched at the next attempt")
            case .truncated: (.truncated, "\(peer) closed the connection before the announced end")
            case .login, .connectionLost: (.connectionLost, "the connection to \(peer) broke")
            case .stoppedByUs: (.cancelled, "the transfer from \(peer) was cancelled")
            case .setup: (.internal, "libcurl refuses the transfer with \(peer)")
            }
        self.init(kind, "\(what) (\(detail))")
    }
}
