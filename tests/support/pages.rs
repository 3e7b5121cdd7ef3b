//! A fleet as Graph writes it, in pages. Number 1234 is stopped.
//!
//! Deliberately absent: whoever serves them.

/// The bodies of all pages.
pub fn of(sensors: usize, page: usize) -> Vec<String> {
    (0..sensors)
        .step_by(page)
        .map(|from| {
            let rows: Vec<String> = (from..sensors.min(from + page)).map(row).collect();
            let next = if from + page < sensors {
                format!(
                    ",\"@odata.nextLink\":\"https://graph.microsoft.com/v1.0/security/identities/sensors?$skip={}\"",
                    from + page
                )
            } else {
                String::new()
            };
            format!("{{\"@odata.context\":\"x\",\"value\":[{}]{next}}}", rows.join(","))
        })
        .collect()
}

fn row(number: usize) -> String {
    let service = if number == 1234 { "stopped" } else { "running" };
    format!(
        "{{\"id\":\"8f0e2a1c-0000-4000-8000-{number:012}\",\"createdDateTime\":\"2026-01-02T03:04:05Z\",\
         \"deploymentStatus\":\"upToDate\",\"displayName\":\"S{number}\",\"domainName\":\"contoso.test\",\
         \"healthStatus\":\"healthy\",\"openHealthIssuesCount\":0,\"sensorType\":\"domainControllerIntegrated\",\
         \"serviceStatus\":\"{service}\",\"settings\":{{\"description\":null,\"domainControllerDnsNames\":\
         [\"s{number}.contoso.test\"],\"isDelayedDeploymentEnabled\":false}},\"version\":\"2.241.18.5\"}}"
    )
}
