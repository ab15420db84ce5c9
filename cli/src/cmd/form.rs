//! Published forms.

use ntm_shared::api::form::FormVersion;

use super::{Answer, Context, read_input};
use crate::{
    args,
    print::{Around, Cell, Column},
};

/// `ntm form …`.
pub async fn run(command: args::Form, cx: &Context<'_>) -> anyhow::Result<Answer> {
    let client = cx.client()?;
    match command {
        args::Form::List => {
            let forms: Vec<FormVersion> = client.all(&["forms"], &[]).await?;
            cx.out.list(&forms, &columns(), Around::default())?;
        }
        args::Form::Publish { file } => {
            let source = read_input(&file)?;
            let form: FormVersion =
                client.upload(&["forms"], &[], "text/markdown", &source).await?;
            cx.out.value(&form, &format!("{} {} {}", form.id, form.version, form.hash))?;
            cx.out.note(&tr!(
                cx.lang(),
                "Đã công bố. Máy điện thoại nhận bản này ở lần kiểm tra cập nhật tới.",
                "Published. Phones get it at their next update check."
            ));
        }
    }
    Ok(Answer::Yes)
}

fn columns() -> Vec<Column<FormVersion>> {
    vec![
        Column::new("id", "Biểu mẫu", "Form", |f: &FormVersion| Cell::Text(f.id.clone())),
        Column::new("version", "Bản", "Version", |f: &FormVersion| Cell::Text(f.version.clone())),
        Column::new("title", "Tên", "Title", |f: &FormVersion| Cell::Text(f.title.clone())),
        Column::new("current", "Đang dùng", "Current", |f: &FormVersion| Cell::yes_no(f.current)),
        Column::new("published_at", "Công bố", "Published", |f: &FormVersion| {
            Cell::When(f.published_at.clone())
        }),
        Column::csv("hash", |f: &FormVersion| Cell::Text(f.hash.clone())),
    ]
}
