//! `corridor solve`: what its messages name, and lists of plans cut short.

use crate::cli_solve::Desk;
use serde_json::{Value, json};

/// b is served by s2 alone: without the forbidden site the other rules can be kept.
#[test]
fn a_collision_names_the_forbidden_site() {
    let desk = Desk::new(&[("c.csv", "origin,destination,cost\na,s1,1\nb,s1,9\nb,s2,1\n")]);
    for problem in ["lscp", "lscp-b", "p-median -p 2", "p-center -p 2"] {
        let line = format!("{problem} --costs c.csv --radius 3 --forbidden s2 --json");
        let (code, json, errors) = desk.run(&line);
        assert_eq!(code, 4, "{problem}: {json}");
        let conflicts = json!(["site s2 is forbidden", "every demand is served within 3"]);
        assert_eq!((&json["conflicts"], &json["out_of_reach"]), (&conflicts, &Value::Null), "{problem}: {json}");
        assert_eq!(json["smallest_radius"], json!(9), "{problem}: {json}");
        assert!(!errors.contains("out of reach"), "{errors}");
    }
    // A demand that no site reaches is told as before, and the forbidden site is not blamed.
    let (_, json, _) = desk.run("lscp --costs c.csv --radius 0.5 --forbidden s2 --json");
    assert_eq!(
        (&json["conflicts"][0], &json["conflicts"][1]),
        (&json!("every demand is served within 0.5"), &Value::Null)
    );
    assert_eq!(json["out_of_reach"], json!(["a", "b"]));
}

/// Faults of the command line have the codes of the manual, in JSON and in text.
#[test]
fn faults_of_options_carry_codes() {
    let desk = Desk::new(&[("c.csv", "origin,destination,cost\na,s1,1\n")]);
    let mclp = "mclp --costs c.csv --radius 3";
    for (line, wanted) in [
        (format!("{mclp} -p 1e1"), "L004"),
        (format!("{mclp} -p -1"), "L004"),
        (format!("{mclp} -p 5.0"), "L004"),
        (format!("{mclp} -p 1 --steps x"), "L004"),
        (format!("{mclp} -p 1 --within 1%"), "L001"),
        (format!("{mclp} -p 1 --no-such-option"), "L002"),
        ("p-medium --costs c.csv -p 1".to_owned(), "L003"),
        ("--costs c.csv -p 1".to_owned(), "L001"),
    ] {
        let (code, json, errors) = desk.run(&format!("{line} --json"));
        assert_eq!((code, &json["problems"][0]["code"]), (2, &json!(wanted)), "{line}: {json}");
        assert!(errors.contains(&format!("{wanted}: ")), "{line}: {errors}");
    }
}

/// A node whose id holds a comma is one node.
#[test]
fn a_node_may_hold_a_comma() {
    let desk = Desk::new(&[
        ("p.csv", "from,to,cost,added_cost\n\"x,y\",b,1,5\nb,c,1,2\n"),
        ("f.csv", "from,to,capacity,cost\n\"x,y\",b,3,1\nb,c,2,1\nx,b,4,1\n"),
    ]);
    let path = desk.answer("shortest-path-interdiction --arcs p.csv --from x,y --to c --budget 1");
    assert_eq!((path["objective"].as_f64(), &path["status"]), (Some(7.0), &json!("optimal")));
    let flow = desk.answer("max-flow-interdiction --arcs f.csv --from x,y --to c --budget 0");
    assert_eq!(flow["objective"].as_f64(), Some(2.0));
    // A list of nodes is still a list.
    let list = Desk::new(&[("f.csv", "from,to,capacity,cost\na,c,3,1\nb,c,2,1\n")]);
    assert_eq!(
        list.answer("max-flow-interdiction --arcs f.csv --from a,b --to c --budget 0")["objective"].as_f64(),
        Some(5.0)
    );
}

/// However few plans are listed, the plan itself is among them.
#[test]
fn a_short_list_holds_the_plan() {
    let rows = "origin,destination,cost\na,s1,1\nb,s2,1\nc,s2,1\nd,s3,1\ne,s3,1\nf,s3,1\n";
    let desk = Desk::new(&[("c.csv", rows)]);
    for most in 1..=4 {
        let json =
            desk.answer(&format!("mclp --costs c.csv --radius 3 -p 2 --all-optima --within 100% --max-optima {most}"));
        let optima = json["optima"].as_array().unwrap();
        assert_eq!(optima.len(), most, "{json}");
        assert!(optima.contains(&json["sites"]), "{json}");
        assert_eq!(json["optima_complete"], json!(false));
    }
}
