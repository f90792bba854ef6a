//! From a folder of model files to a translation: `models import`, the shelf, the engine.

use std::path::Path;
use std::process::Command;

use tradewind::app::model_files;
use tradewind::domain::Lang;
use tradewind::models::Silent;
use tradewind::models::firefox::{FirefoxModelError, Installed, import, installed};
use tradewind::translate::firefox::{Firefox, FirefoxSettings, trial};
use tradewind::translate::{Request, Translator};

#[tokio::test]
async fn imported_models_translate_and_broken_ones_are_not_imported() {
    let (made, dir) = (tempfile::TempDir::new().unwrap(), tempfile::TempDir::new().unwrap());
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let tried = |model: &Installed| trial(&model_files(model));
    let take = |folder: &Path| import(dir.path(), folder, None, &tried, &mut Silent);
    for (from, to, split) in [("zh", "en", true), ("en", "es", false)] {
        let folder = made.path().join(from);
        let mut script = Command::new("python3");
        script.arg(root.join("scripts/make-firefox-model.py")).arg(&folder).args([from, to]);
        script
            .arg(root.join(format!("tests/data/firefox/{from}-{to}.tsv")))
            .args(split.then_some("--split-vocab"));
        assert!(script.status().unwrap().success());
        take(&folder).unwrap();
    }
    let models = installed(dir.path()).unwrap();
    let engine =
        Firefox::start(models.iter().map(model_files).collect(), &FirefoxSettings::default()).unwrap();
    let lang = |tag| Lang::parse(tag).unwrap();
    let request = Request::new("样品免费，七天内发货", &lang("zh"), &lang("es"));
    let draft = engine.translate(&request).await.unwrap().unwrap();
    assert_eq!(draft.text.replace(" ,", ","), "muestras gratis, 7 días dentro enviamos");

    // Cut short, as by a download that broke off: the model that is there stays.
    let broken = made.path().join("zh/model.zhen.intgemm.alphas.bin");
    let bytes = std::fs::read(&broken).unwrap();
    std::fs::write(&broken, &bytes[..bytes.len() - 300]).unwrap();
    let error = take(&made.path().join("zh")).unwrap_err();
    assert!(matches!(error, FirefoxModelError::Unusable { .. }), "{error}");
    assert!(error.to_string().contains("cut short"), "{error}");
    assert_eq!(installed(dir.path()).unwrap(), models);
}
