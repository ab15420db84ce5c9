//! The one table of ways to fail: code, HTTP status, and what people are told. A code is part of
//! the API and never changes its meaning.

use crate::text::Lang;

/// One row of the table.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    /// Stable code.
    pub code: &'static str,
    /// HTTP status it is answered with.
    pub status: u16,
    title: [&'static str; 2],
    help: [&'static str; 2],
}

impl Problem {
    /// What happened, in `lang`.
    pub fn title(&self, lang: Lang) -> &'static str {
        self.title[lang as usize]
    }

    /// What to do next, in `lang`.
    pub fn help(&self, lang: Lang) -> &'static str {
        self.help[lang as usize]
    }
}

macro_rules! problems {
    ($($name:ident $code:literal $status:literal
        $title_vi:literal $title_en:literal $help_vi:literal $help_en:literal)*) => {
        $(
            #[doc = $title_en]
            pub const $name: Problem = Problem {
                code: $code,
                status: $status,
                title: [$title_vi, $title_en],
                help: [$help_vi, $help_en],
            };
        )*
        /// Every problem, in table order.
        pub const ALL: &[&Problem] = &[$(&$name),*];
    };
}

problems! {
    BAD_XML "bad_xml" 400
        "Phiếu gửi lên không phải XML hợp lệ."
        "The submission is not valid XML."
        "Phiếu vẫn còn trong máy. Mở lại phiếu, lưu rồi gửi lại."
        "The form is still on the phone. Open it, save it and send it again."
    BAD_MULTIPART "bad_multipart" 400
        "Gói gửi lên bị thiếu hoặc đứt giữa chừng."
        "The upload is incomplete or malformed."
        "Không mất dữ liệu: phiếu vẫn còn trong máy. Gửi lại khi có mạng tốt hơn."
        "Nothing is lost: the form is still on the phone. Send again on a better connection."
    NO_INSTANCE_ID "no_instance_id" 400
        "Phiếu không có mã instanceID hợp lệ."
        "The submission has no valid instanceID."
        "Cập nhật biểu mẫu trên máy rồi điền lại."
        "Update the form on the phone and fill it in again."
    BAD_REQUEST "bad_request" 400
        "Yêu cầu không hợp lệ."
        "The request is not valid."
        "Xem chi tiết kèm theo."
        "See the detail."
    OPENROSA_VERSION "openrosa_version" 400
        "Thiếu tiêu đề X-OpenRosa-Version: 1.0."
        "The header X-OpenRosa-Version: 1.0 is missing."
        "Dùng ứng dụng theo chuẩn OpenRosa, như ODK Collect."
        "Use an OpenRosa client such as ODK Collect."
    BAD_TABLE "bad_table" 422
        "Tệp bảng có lỗi; chưa lưu gì."
        "The table has faults; nothing was stored."
        "Sửa các dòng nêu bên dưới rồi nhập lại cả tệp."
        "Mend the lines named below and import the whole file again."
    BAD_FORM "bad_form" 422
        "Biểu mẫu có lỗi; chưa công bố."
        "The form has faults; it was not published."
        "Sửa các ô nêu bên dưới rồi công bố lại."
        "Mend the cells named below and publish again."
    BAD_VALUE "bad_value" 422
        "Một giá trị trong yêu cầu không dùng được; chưa lưu gì."
        "A value in the request cannot be used; nothing was stored."
        "Xem chi tiết kèm theo."
        "See the detail."
    WEAK_PASSWORD "weak_password" 422
        "Mật khẩu quá ngắn hoặc quá dễ đoán."
        "The password is too short or too easily guessed."
        "Dùng ít nhất 12 ký tự, ví dụ một câu của riêng mình; không ghép từ quen thuộc với số."
        "Use at least 12 characters, such as a sentence of your own; not common words and digits."
    TOO_MANY_PIXELS "too_many_pixels" 422
        "Ảnh quá lớn để máy chủ mở xem."
        "The picture is too large to be opened here."
        "Ảnh gốc vẫn được giữ nguyên; tải về để xem."
        "The original is kept as it is; download it to see it."
    NO_PICTURE "no_picture" 422
        "Tệp này không mở được như một ảnh."
        "This file cannot be opened as a picture."
        "Tệp gốc vẫn được giữ nguyên; tải về để kiểm tra."
        "The original is kept as it is; download it to look into it."
    NOT_SIGNED_IN "not_signed_in" 401
        "Chưa đăng nhập hoặc phiên đã hết hạn."
        "Not signed in, or the session has ended."
        "Đăng nhập lại: ntm login."
        "Sign in again: ntm login."
    WRONG_PASSWORD "wrong_password" 401
        "Tên đăng nhập hoặc mật khẩu không đúng."
        "Wrong name or password."
        "Thử lại, hoặc xin quản trị viên cấp liên kết đặt lại mật khẩu."
        "Try again, or ask the administrator for a reset link."
    BAD_TOKEN "bad_token" 401
        "Mã thiết bị không dùng được hoặc đã bị thu hồi."
        "The collector token is unknown or was revoked."
        "Phiếu vẫn còn trong máy. Xin cán bộ xã cấp mã mới rồi gửi lại."
        "The forms are still on the phone. Ask the commune office for a new token and send again."
    UNKNOWN_TOKEN "unknown_token" 401
        "Máy chủ không biết mã thiết bị này."
        "The server does not know this collector token."
        "Phiếu vẫn còn trong máy. Xin cán bộ xã cấp mã mới rồi gửi lại."
        "The forms are still on the phone. Ask the commune office for a new token and send again."
    BAD_LINK "bad_link" 410
        "Liên kết đã dùng hoặc đã hết hạn."
        "The link was used or has expired."
        "Xin quản trị viên cấp liên kết mới."
        "Ask the administrator for a new one."
    FORBIDDEN "forbidden" 403
        "Tài khoản không có quyền làm việc này."
        "This account may not do that."
        "Liên hệ quản trị viên nếu cần quyền này."
        "Ask the administrator if you need it."
    OUT_OF_AREA "out_of_area" 403
        "Đơn vị này nằm ngoài phạm vi của tài khoản."
        "That unit is outside the account's area."
        "Chọn đơn vị trong phạm vi của mình."
        "Choose a unit within your area."
    CROSS_ORIGIN "cross_origin" 403
        "Yêu cầu đến từ một trang web khác."
        "The request came from another web site."
        "Mở trang của máy chủ này rồi làm lại."
        "Open this server's own page and do it there."
    NEEDS_TLS "needs_tls" 403
        "Mật khẩu chỉ được gửi qua kết nối mã hóa (https)."
        "A password is only taken over an encrypted connection (https)."
        "Dùng địa chỉ https, hoặc địa chỉ có /key/ mà cán bộ đã cấp."
        "Use the https address, or the address with /key/ that the office gave."
    NOT_FOUND "not_found" 404
        "Không tìm thấy."
        "Not found."
        "Kiểm tra lại mã."
        "Check the id."
    UNKNOWN_FORM "unknown_form" 404
        "Biểu mẫu này chưa từng được công bố trên máy chủ."
        "This form was never published on this server."
        "Phiếu vẫn còn trong máy. Kiểm tra địa chỉ máy chủ và báo cán bộ phụ trách."
        "The form is still on the phone. Check the server address and tell the office."
    UNKNOWN_UNIT "unknown_unit" 422
        "Không có đơn vị hành chính với mã này vào ngày đã nêu."
        "No administrative unit has this code on that date."
        "Tra mã đúng: ntm unit list --at NGÀY."
        "Look up the code: ntm unit list --at DATE."
    UNKNOWN_ROUND "unknown_round" 404
        "Không có đợt điều tra này."
        "There is no such round."
        "Xem các đợt: ntm round list."
        "List the rounds: ntm round list."
    WRONG_METHOD "wrong_method" 405
        "Địa chỉ này không nhận phương thức đó."
        "This address does not accept that method."
        "Xem tài liệu API."
        "See the API documentation."
    CONFLICT "conflict" 409
        "Đã có bản ghi khác với cùng mã; bản cũ được giữ nguyên."
        "Another record with this id exists; it was left unchanged."
        "Dùng mã khác, hoặc xem bản ghi hiện có."
        "Use another id, or look at the existing record."
    INSTANCE_CONFLICT "instance_conflict" 409
        "Đã có phiếu khác nội dung với cùng instanceID; bản đầu được giữ nguyên."
        "A different submission with this instanceID exists; the first one was kept."
        "Không mất dữ liệu: phiếu vẫn còn trong máy. Báo cán bộ phụ trách."
        "Nothing is lost: the form is still on the phone. Tell the office."
    UPLOAD_OFFSET "upload_offset" 409
        "Phần gửi không nối tiếp phần đã nhận."
        "What was sent does not continue what has arrived."
        "Không mất dữ liệu: gửi tiếp từ vị trí trong Upload-Offset."
        "Nothing is lost: go on from where Upload-Offset says."
    UPLOAD_HASH "upload_hash" 422
        "Tệp nhận được không đúng mã SHA-256 đã báo; chưa lưu gì."
        "What arrived is not the file of this SHA-256; nothing was stored."
        "Gửi lại tệp từ đầu."
        "Send the file again from its beginning."
    BREAKS_DATA "breaks_data" 409
        "Bản mới của biểu mẫu làm dữ liệu đã thu không tổng hợp chung được; chưa công bố."
        "With the new version the data collected so far can no longer be compiled together; it was not published."
        "Giữ nguyên các chỗ nêu bên dưới, hoặc đặt form_id khác; nếu đã cân nhắc: ntm form publish --force."
        "Leave what is named below as it was, or use another form_id; if that is meant: ntm form publish --force."
    ALREADY_DRAWN "already_drawn" 409
        "Mẫu của đợt này đã rút với hạt giống khác."
        "The sample was already drawn with another seed."
        "Mẫu đã rút không thay đổi: ntm round draw --show."
        "A drawn sample does not change: ntm round draw --show."
    NO_CASE_TO_COMPILE "no_case_to_compile" 422
        "Đợt chưa có khung hộ để tổng hợp."
        "The round has no frame to compile."
        "Nhập danh sách hộ trước khi mở đợt: ntm household import."
        "Import households before opening the round: ntm household import."
    TOO_LARGE "too_large" 413
        "Gói gửi lên quá lớn."
        "The upload is too large."
        "Giảm cỡ ảnh hoặc gửi ít ảnh hơn mỗi lần."
        "Make the photos smaller or send fewer at a time."
    TOO_SLOW "too_slow" 408
        "Mạng quá yếu nên máy chủ đã ngừng nhận gói này."
        "The network was too slow and the server stopped waiting for this upload."
        "Không mất dữ liệu: phiếu vẫn còn trong máy. Gửi lại khi có mạng tốt hơn; ảnh đã đến đủ thì được giữ."
        "Nothing is lost: the form is still on the phone. Send again on a better connection; photos that arrived whole are kept."
    ENCODED "encoded" 415
        "Máy chủ không nhận gói gửi lên đã nén."
        "The server does not take compressed uploads."
        "Gửi không nén (bỏ Content-Encoding)."
        "Send without Content-Encoding."
    OVER_QUOTA "over_quota" 429
        "Máy này đã gửi quá nhiều trong hôm nay."
        "This phone has sent too much today."
        "Không mất dữ liệu: phiếu vẫn còn trong máy. Gửi tiếp vào ngày mai, hoặc báo cán bộ phụ trách."
        "Nothing is lost: the form is still on the phone. Go on tomorrow, or tell the office."
    TOO_MANY_TRIES "too_many_tries" 429
        "Thử sai quá nhiều lần."
        "Too many failed attempts."
        "Chờ vài phút rồi thử lại."
        "Wait a few minutes and try again."
    TOO_MANY_REQUESTS "too_many_requests" 429
        "Máy này gửi yêu cầu quá nhanh."
        "This phone is asking too fast."
        "Không mất dữ liệu: phiếu vẫn còn trong máy. Chờ một phút rồi gửi lại."
        "Nothing is lost: the forms are still on the phone. Wait a minute and send again."
    STORAGE_FULL "storage_full" 507
        "Máy chủ hết chỗ lưu; chưa nhận phiếu này."
        "The server is out of space; this was not stored."
        "Không mất dữ liệu: phiếu vẫn còn trong máy. Gửi lại sau khi máy chủ được dọn."
        "Nothing is lost: the form is still on the phone. Send again once there is room."
    STORAGE_FAULT "storage_fault" 503
        "Máy chủ không ghi được dữ liệu; chưa nhận phiếu này."
        "The server could not write; this was not stored."
        "Không mất dữ liệu: phiếu vẫn còn trong máy. Thử lại sau 10 phút."
        "Nothing is lost: the form is still on the phone. Try again in 10 minutes."
    BUSY "busy" 503
        "Máy chủ đang bận."
        "The server is busy."
        "Thử lại sau ít phút."
        "Try again in a few minutes."
    CORRUPT_BLOB "corrupt_blob" 500
        "Tệp lưu trên máy chủ bị hỏng hoặc bị mất."
        "The file stored on the server is damaged or missing."
        "Quản trị viên chạy: ntm-server check, rồi lấy lại tệp từ bản sao lưu."
        "The administrator runs: ntm-server check, and takes the file from a backup."
    INTERNAL "internal" 500
        "Máy chủ gặp lỗi."
        "The server failed."
        "Không có gì được lưu dở dang. Thử lại; nếu vẫn lỗi, báo quản trị viên."
        "Nothing was half stored. Try again; if it persists, tell the administrator."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_statuses_are_failures() {
        let mut codes: Vec<_> = ALL.iter().map(|p| p.code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), ALL.len());
        assert!(ALL.iter().all(|p| (400..600).contains(&p.status)));
    }
}
