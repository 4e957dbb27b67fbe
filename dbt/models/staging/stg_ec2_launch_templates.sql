{{ staging('ec2_launch_templates') }}
