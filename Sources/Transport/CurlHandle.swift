internal import CCurl

/// The one owner of a libcurl easy handle, with its connections. Used by one thread at a time: whoever holds it after taking it
/// from the pool or making it.
final class CurlHandle: @unchecked Sendable {
    private static let isReady = ccurl_global_init() == CURLE_OK

    private let handle: UnsafeMutableRawPointer
    private var firstRefused: (option: CURLoption, code: CURLcode)?
    private var lists: [UnsafeMutablePointer<curl_slist>] = []

    /// Nil if libcurl has no memory left.
    init?() {
        guard Self.isReady, let handle = curl_easy_init() else { return nil }
        self.handle = handle
    }

    deinit {
        curl_easy_cleanup(handle)
        freeLists()
    }

    /// Forgets every option; keeps the connections.
    func reset() {
        curl_easy_reset(handle)
        freeLists()
        firstRefused = nil
    }

    func set(_ option: CURLoption, _ value: Int) { note(option, ccurl_set_long(handle, option, value)) }
    func set(_ option: CURLoption, _ value: String) { note(option, ccurl_set_string(handle, option, value)) }
    func set(_ option: CURLoption, milliseconds value: Duration) { set(option, max(1, Int(value / .milliseconds(1)))) }
    func set(_ option: CURLoption, seconds value: Duration) { set(option, max(1, Int((value / .seconds(1)).rounded(.up)))) }
    func set(_ option: CURLoption, offset value: Int) { note(option, ccurl_set_offset(handle, option, curl_off_t(value))) }

    func set(_ option: CURLoption, lines: [String]) {
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines {
            guard let longer = curl_slist_append(list, line) else { return note(option, CURLE_OUT_OF_MEMORY) }
            list = longer
        }
        guard let list else { return }
        lists.append(list)
        note(option, ccurl_set_list(handle, option, list))
    }

    /// libcurl takes a copy.
    func setPostBody(_ bytes: UnsafeRawBufferPointer) {
        set(CURLOPT_POST, 1)
        set(CURLOPT_POSTFIELDSIZE_LARGE, offset: bytes.count)
        guard let start = bytes.baseAddress else { return set(CURLOPT_COPYPOSTFIELDS, "") }
        note(CURLOPT_COPYPOSTFIELDS, ccurl_set_pointer(handle, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: start)))
    }

    /// What a transfer came to.
    struct Outcome {
        let code: CURLcode
        /// libcurl's own words, empty on success.
        let detail: String
        /// Where a 3xx answer points to, made absolute.
        let redirect: String?
    }

    /// Runs the transfer on this thread, to its end.
    func perform(_ wire: any WireCallbacks) -> Outcome {
        if let firstRefused {
            let reason = "option \(firstRefused.option.rawValue): " + String(cString: curl_easy_strerror(firstRefused.code))
            return Outcome(code: CURLE_FAILED_INIT, detail: reason, redirect: nil)
        }
        let box = WireBox(wire)
        return withExtendedLifetime(box) {
            connect(Unmanaged.passUnretained(box).toOpaque())
            return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(CURL_ERROR_SIZE)) { text in
                text.initialize(repeating: 0)
                note(CURLOPT_ERRORBUFFER, ccurl_set_pointer(handle, CURLOPT_ERRORBUFFER, text.baseAddress))
                let code = curl_easy_perform(handle)
                note(CURLOPT_ERRORBUFFER, ccurl_set_pointer(handle, CURLOPT_ERRORBUFFER, nil))
                var detail = text.baseAddress.map { String(cString: $0) } ?? ""
                if code != CURLE_OK, detail.isEmpty { detail = String(cString: curl_easy_strerror(code)) }
                return Outcome(code: code, detail: code == CURLE_OK ? "" : detail, redirect: string(CURLINFO_REDIRECT_URL))
            }
        }
    }

    private func string(_ info: CURLINFO) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard ccurl_get_string(handle, info, &text) == CURLE_OK, let text else { return nil }
        return String(cString: text)
    }

    private func connect(_ context: UnsafeMutableRawPointer) {
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_NOPROGRESS, 0)
        note(CURLOPT_XFERINFOFUNCTION, ccurl_set_progress_function(handle, onProgress))
        note(CURLOPT_OPENSOCKETFUNCTION, ccurl_set_socket_function(handle, onOpenSocket))
        note(CURLOPT_HEADERFUNCTION, ccurl_set_data_function(handle, CURLOPT_HEADERFUNCTION, onHeaderLine))
        note(CURLOPT_WRITEFUNCTION, ccurl_set_data_function(handle, CURLOPT_WRITEFUNCTION, onBody))
        note(CURLOPT_READFUNCTION, ccurl_set_data_function(handle, CURLOPT_READFUNCTION, onUpload))
        let contexts = [
            CURLOPT_XFERINFODATA, CURLOPT_OPENSOCKETDATA, CURLOPT_HEADERDATA, CURLOPT_WRITEDATA, CURLOPT_READDATA,
        ]
        for option in contexts { note(option, ccurl_set_pointer(handle, option, context)) }
    }

    private func note(_ option: CURLoption, _ code: CURLcode) {
        if code != CURLE_OK, firstRefused == nil { firstRefused = (option, code) }
    }

    private func freeLists() {
        for list in lists { curl_slist_free_all(list) }
        lists = []
    }
}
