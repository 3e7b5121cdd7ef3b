//! Taken up again: what was gained since a place is news, wherever it is by now.

use super::*;

impl Scene {
    /// Where the source's files end now.
    fn places(&self, pattern: &str) -> Vec<Position> {
        let patterns = vec![self.path(pattern).display().to_string()];
        let source = Source { id: SourceId(1), host: "dc1".into(), patterns };
        ends(&source).unwrap().into_iter().map(|file| file.at).collect()
    }

    fn rename(&self, from: &str, to: &str) {
        fs::rename(self.path(from), self.path(to)).unwrap();
    }

    async fn news(&mut self) -> Vec<String> {
        let records = self.see(2).await;
        records.iter().filter(|one| !one.context).map(|one| one.message.to_string()).collect()
    }
}

#[tokio::test]
async fn what_was_gained_since_a_place_is_news_however_much_it_is() {
    let mut scene = scene();
    scene.write("a.log", &line(1, "before"));
    let since = scene.places("a.log");
    let many: String = (0..9000).map(|number| line(number % 3000, &format!("since {number}"))).collect();
    assert!(many.len() as u64 > CONTEXT);
    scene.write("a.log", &many);
    scene.follow_since("a.log", since);
    let records = scene.see(2).await;
    assert_eq!(records.iter().filter(|record| !record.context).count(), 9000);
    let old: Vec<&str> = records.iter().filter(|one| one.context).map(|one| &*one.message).collect();
    assert_eq!((old, scene.lost), (vec!["before"], false));
}

#[tokio::test]
async fn a_file_that_was_archived_since_is_read_to_its_end_and_so_are_those_after_it() {
    let mut scene = scene();
    scene.write("a-Archived-00002.log", &(line(0, "long ago") + &line(0, "and longer than first bytes")));
    scene.write("a.log", &(line(1, "before") + &line(2, "before too")));
    let since = scene.places("a.log");
    scene.write("a.log", &line(3, "the end of the first"));
    scene.rename("a.log", "a-Archived-00003.log");
    scene.write("a.log", &(line(4, "the second") + &line(4, "and the whole of it")));
    scene.rename("a.log", "a-Archived-00004.log");
    scene.write("a.log", &line(5, "the third"));
    scene.follow_since("a.log", since);
    let wanted = ["the end of the first", "the second", "and the whole of it", "the third"];
    let mut news = Vec::new();
    for _ in 0..4 {
        news.extend(scene.news().await);
    }
    assert_eq!((news, scene.lost), (wanted.map(str::to_owned).to_vec(), false));
}

#[tokio::test]
async fn a_new_version_folder_does_not_hide_what_the_old_one_gained() {
    let mut scene = scene();
    scene.write("2.1/Logs/a.log", "");
    let since = scene.places("*/Logs/a.log");
    scene.write("2.1/Logs/a.log", &line(1, "the last of the old version"));
    scene.write("2.10/Logs/a.log", &line(2, "the first of the new one"));
    scene.follow_since("*/Logs/a.log", since);
    let mut news = scene.news().await;
    news.sort();
    assert_eq!(news, ["the first of the new one", "the last of the old version"]);
    assert!(!scene.lost);
}

#[tokio::test]
async fn a_place_that_is_nowhere_any_more_is_said_to_be_lost() {
    let mut scene = scene();
    // Long enough to be known by its first bytes: a number may be given to another file again.
    scene.write("a.log", &(line(1, "before") + &line(1, "before too")));
    let since = scene.places("a.log");
    fs::remove_file(scene.path("a.log")).unwrap();
    scene.write(
        "a.log",
        &(line(2, "another file") + &line(2, "with lines of its own") + &line(3, "and more")),
    );
    scene.follow_since("a.log", since);
    assert_eq!(scene.news().await.len(), 3);
    assert!(scene.lost);
}

#[tokio::test]
async fn a_share_that_comes_back_late_is_taken_up_when_it_is_there() {
    let mut scene = scene();
    scene.write("share/logs/a.log", &(line(1, "before") + &line(1, "before too")));
    let since = scene.places("share/logs/a.log");
    scene.write("share/logs/a.log", &line(2, "meanwhile"));
    scene.rename("share", "away");
    scene.follow_since("share/logs/a.log", since);
    assert!(scene.news().await.is_empty());
    scene.rename("away", "share");
    assert_eq!((scene.news().await, scene.lost), (vec!["meanwhile".to_owned()], false));
}
